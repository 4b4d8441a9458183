#include "cert/import_files.hpp"

#include <certledger/adapters/openssl/pkcs12.hpp>

#include <algorithm>
#include <filesystem>
#include <iterator>

#include "cert/files.hpp"

namespace certledger::cli {
namespace {

namespace fs = std::filesystem;
using adapters::openssl::Bundle;
using adapters::openssl::kMaxInputOctets;

constexpr std::size_t kMostText = std::size_t{64} << 20U;
constexpr std::size_t kBlocksAtOnce = 400;
constexpr std::string_view kBegin = "-----BEGIN";
constexpr std::string_view kEnd = "-----END";

Result<std::vector<std::string>> files_of(const std::string& path) {
    std::error_code fault;
    if (!fs::is_directory(path, fault)) return std::vector<std::string>{path};
    std::vector<std::string> files;
    for (auto at = fs::recursive_directory_iterator(path, fault);
         !fault && at != fs::recursive_directory_iterator(); at.increment(fault)) {
        if (at->is_regular_file(fault)) files.push_back(at->path().string());
    }
    if (fault) return fail(ErrorKind::invalid_input, "folder " + path + ": " + fault.message());
    std::sort(files.begin(), files.end());
    return files;
}

bool is_text_form(std::string_view text) { return text.find(kBegin) != std::string_view::npos; }

/// Whether the octets are of a form that is read at all: PEM, or DER, which begins with a SEQUENCE.
bool is_some_form(std::string_view text) {
    return is_text_form(text) || (!text.empty() && text.front() == '\x30');
}

std::span<const std::uint8_t> octets_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// A PEM text in pieces of at most so many blocks, each of which ends behind one.
std::vector<std::string_view> pieces_of(std::string_view text, std::size_t blocks) {
    std::vector<std::string_view> pieces;
    std::size_t begin = 0;
    std::size_t held = 0;
    for (std::size_t at = 0; (at = text.find(kEnd, at)) != std::string_view::npos;) {
        const std::size_t line = text.find('\n', at);
        at = line == std::string_view::npos ? text.size() : line + 1;
        if (++held < blocks && at - begin < kMaxInputOctets / 2) continue;
        pieces.push_back(text.substr(begin, at - begin));
        begin = at;
        held = 0;
    }
    const std::string_view rest = text.substr(begin);
    if (rest.find(kBegin) != std::string_view::npos) pieces.push_back(rest);
    return pieces;
}

void take(Bundle&& bundle, FoundFile& into, Found& found) {
    std::move(bundle.certificates.begin(), bundle.certificates.end(), std::back_inserter(into.certificates));
    std::move(bundle.keys.begin(), bundle.keys.end(), std::back_inserter(found.keys));
}

/// Reads a PEM text; where a piece has a fault, block by block.
void read_text(std::string_view text, FoundFile& into, Found& found) {
    for (const auto piece : pieces_of(text, kBlocksAtOnce)) {
        if (auto bundle = adapters::openssl::read_bundle(octets_of(piece))) {
            take(std::move(*bundle), into, found);
            continue;
        }
        for (const auto block : pieces_of(piece, 1)) {
            auto one = adapters::openssl::read_bundle(octets_of(block));
            if (one) {
                take(std::move(*one), into, found);
            } else {
                into.faults.push_back(one.error().message);
            }
        }
    }
}

/// A file that is no text; a password is only tried where nothing else reads it.
void read_octets(std::span<const std::uint8_t> octets, std::string_view password, FoundFile& into,
                 Found& found) {
    if (octets.size() > kMaxInputOctets) {
        into.faults.push_back("longer than " + std::to_string(kMaxInputOctets) + " octets");
        return;
    }
    auto bundle = adapters::openssl::read_bundle(octets);
    // DER that is no certificate is most likely a container: then its complaint says more.
    if (!bundle) bundle = adapters::openssl::read_pkcs12(octets, password);
    if (bundle) {
        take(std::move(*bundle), into, found);
    } else {
        into.faults.push_back(bundle.error().message);
    }
}

FoundFile read_one(const std::string& file, bool among_others, std::string_view password, Found& found) {
    FoundFile made;
    made.file = file;
    const auto contents = read_secret_file(file, kMostText);
    if (!contents) {
        made.faults.push_back(contents.error().message);
    } else if (is_text_form(contents->text())) {
        read_text(contents->text(), made, found);
    } else if (among_others && !is_some_form(contents->text())) {
        made.other = true;
    } else {
        read_octets(contents->octets(), password, made, found);
    }
    return made;
}

}  // namespace

Result<Found> read_import(const std::string& path, const std::string& password_file, Output& out) {
    adapters::SecretBytes password;
    if (!password_file.empty()) {
        auto read = read_password_file(password_file);
        if (!read) return tl::make_unexpected(std::move(read.error()));
        password = std::move(*read);
    }
    const auto files = files_of(path);
    if (!files) return tl::make_unexpected(files.error());
    Found found;
    for (const auto& file : *files) {
        found.files.push_back(read_one(file, files->size() > 1, password.text(), found));
        out.progress("reading", found.files.size(), files->size());
    }
    out.end_progress();
    return found;
}

}  // namespace certledger::cli
