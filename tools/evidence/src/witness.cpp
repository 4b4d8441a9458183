#include <sys/stat.h>

#include <certledger/adapters/secret/secret_bytes.hpp>
#include <certledger/adapters/system/identity.hpp>
#include <certledger/events/contract.hpp>
#include <certledger/tools/evidence/witness.hpp>
#include <charconv>
#include <mutex>

#include "files.hpp"

namespace certledger::evidence {
namespace fs = std::filesystem;
namespace tlog = store::tlog;

namespace {

constexpr std::size_t kLargestStateFile = 4'096;
constexpr mode_t kOthers = 0077;

tl::unexpected<Error> bad_file(const fs::path& path, const std::string& what) {
    return fail(ErrorKind::damaged, "file " + path.string() + ": " + what);
}

/// Takes the text up to the next line end; nothing when there is none.
std::optional<std::string_view> take_line(std::string_view& text) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    return line;
}

Result<void> check_owner_only(const fs::path& path) {
    struct stat facts {};
    if (::stat(path.c_str(), &facts) != 0 || (facts.st_mode & kOthers) == 0) return {};
    return fail(ErrorKind::invalid_input,
                "key file " + path.string() + ": others may read it, its mode must be 0600");
}

Result<tlog::Signer> read_key(const fs::path& path, std::string text) {
    std::string_view rest = text;
    const auto name = take_line(rest);
    const auto hex = take_line(rest);
    auto seed = hex ? events::bytes_from_hex(*hex) : std::nullopt;
    const bool whole = name && seed && rest.empty() && seed->size() == tlog::Signer::seed_bytes;
    Result<tlog::Signer> signer =
        whole ? tlog::Signer::from_seed(*name, tlog::KeyType::cosignature, *seed)
              : Result<tlog::Signer>(
                    bad_file(path, "must be a name and 64 hexadecimal digits, each on a line"));
    if (seed) adapters::wipe(seed->data(), seed->size());
    adapters::wipe(text);
    return signer;
}

Result<tlog::Signer> make_key(const fs::path& path, const std::string& name) {
    adapters::SecretBytes seed(tlog::Signer::seed_bytes);
    adapters::system::fill_random({seed.data(), seed.size()});
    auto signer = tlog::Signer::from_seed(name, tlog::KeyType::cosignature, seed.octets());
    if (!signer) return signer;
    std::string text = name + "\n" + events::to_hex(seed.data(), seed.size()) + "\n";
    const auto made = make_file(path, text);
    adapters::wipe(text);
    if (!made) return tl::make_unexpected(made.error());
    return signer;
}

Result<tlog::Signer> open_key(const fs::path& folder, const std::string& name) {
    if (auto made = make_folder(folder); !made) return tl::make_unexpected(made.error());
    // Two that begin at once must not make two keys.
    const auto lock = open_locked(folder / "lock");
    if (!lock) return tl::make_unexpected(lock.error());
    const fs::path path = folder / "witness.key";
    if (auto modes = check_owner_only(path); !modes) return tl::make_unexpected(modes.error());
    auto text = read_file(path, kLargestStateFile);
    if (!text) return tl::make_unexpected(text.error());
    auto signer = *text ? read_key(path, std::move(**text)) : make_key(path, name);
    if (!signer) return signer;
    if (auto shown = replace_file(folder / "witness.vkey", signer->verifier().to_string() + "\n"); !shown)
        return tl::make_unexpected(shown.error());
    return signer;
}

Result<std::optional<tlog::WitnessedTree>> read_state(const fs::path& path, std::string_view origin) {
    auto text = read_file(path, kLargestStateFile);
    if (!text) return tl::make_unexpected(text.error());
    if (!*text) return std::optional<tlog::WitnessedTree>{};
    std::string_view rest = **text;
    const auto name = take_line(rest);
    const auto digits = take_line(rest);
    const auto root_text = take_line(rest);
    const auto root = root_text ? events::digest_from_base64(*root_text) : std::nullopt;
    if (!name || *name != origin || !digits || !root || !rest.empty())
        return bad_file(path, "must be origin, size and root of a tree, each on a line");
    tlog::WitnessedTree tree{0, *root};
    const auto [end, fault] = std::from_chars(digits->data(), digits->data() + digits->size(), tree.size);
    if (fault != std::errc{} || end != digits->data() + digits->size())
        return bad_file(path, "the size is no number");
    return std::optional<tlog::WitnessedTree>{tree};
}

std::vector<tlog::WitnessedLog> by_origin(const std::vector<tlog::VerifierKey>& keys) {
    std::vector<tlog::WitnessedLog> logs;
    for (const tlog::VerifierKey& key : keys) {
        tlog::WitnessedLog* same = nullptr;
        for (tlog::WitnessedLog& log : logs) {
            if (log.origin == key.name()) same = &log;
        }
        if (same == nullptr) same = &logs.emplace_back(tlog::WitnessedLog{key.name(), {}});
        same->keys.push_back(key);
    }
    return logs;
}

}  // namespace

struct Witness::Impl {
    fs::path state;
    tlog::Signer signer;
    std::vector<tlog::WitnessedLog> logs;

    /// Origins may hold any character: their files are named by a hash.
    [[nodiscard]] fs::path file_of(std::string_view origin) const {
        return state / events::to_hex(tlog::sha256(origin));
    }
    [[nodiscard]] Result<tlog::WitnessDecision> decide(std::string_view body, std::uint64_t time) const;
};

/// The lock must be held.
Result<tlog::WitnessDecision> Witness::Impl::decide(std::string_view body, std::uint64_t time) const {
    std::optional<Error> unreadable;
    const auto memory = [&](std::string_view origin) -> std::optional<tlog::WitnessedTree> {
        const auto tree = read_state(file_of(origin), origin);
        if (tree) return *tree;
        unreadable = tree.error();
        return tlog::WitnessedTree{UINT64_MAX, {}};  // No request fits it, so that nothing is cosigned.
    };
    tlog::WitnessDecision decision = tlog::decide_add_checkpoint(body, logs, memory, signer, time);
    if (unreadable) return tl::make_unexpected(*unreadable);
    if (decision.remember) {
        const std::string text = decision.origin + "\n" + std::to_string(decision.remember->size) + "\n" +
                                 events::to_base64(decision.remember->root) + "\n";
        if (auto kept = replace_file(file_of(decision.origin), text); !kept)
            return tl::make_unexpected(kept.error());
    }
    return decision;
}

Witness::Witness(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}
Witness::Witness(Witness&&) noexcept = default;
Witness& Witness::operator=(Witness&&) noexcept = default;
Witness::~Witness() = default;

Result<Witness> Witness::open(const WitnessOptions& options) {
    for (const tlog::VerifierKey& key : options.logs) {
        if (key.type() != tlog::KeyType::ed25519)
            return fail(ErrorKind::invalid_input,
                        "--log: " + key.name() + " is a witness's key, not a log's");
    }
    if (auto made = make_folder(options.state); !made) return tl::make_unexpected(made.error());
    auto signer = open_key(options.key_folder, options.name);
    if (!signer) return tl::make_unexpected(signer.error());
    return Witness(std::make_unique<Impl>(Impl{options.state, std::move(*signer), by_origin(options.logs)}));
}

const tlog::VerifierKey& Witness::key() const noexcept { return impl_->signer.verifier(); }

Result<tlog::WitnessDecision> Witness::add_checkpoint(std::string_view body, std::uint64_t time) {
    // flock excludes threads too, as each call opens the file anew.
    const auto lock = open_locked(impl_->state / "lock");
    if (!lock) return tl::make_unexpected(lock.error());
    return impl_->decide(body, time);
}

Result<std::string> Witness::cosign(const std::string& checkpoint, std::string_view proof,
                                    std::uint64_t time) {
    const auto lock = open_locked(impl_->state / "lock");
    if (!lock) return tl::make_unexpected(lock.error());
    const auto note = tlog::parse_note(checkpoint);
    if (!note) return tl::make_unexpected(note.error());
    const auto claim = tlog::parse_checkpoint(note->text);
    if (!claim) return tl::make_unexpected(claim.error());
    const auto last = remembered(claim->origin);
    if (!last) return tl::make_unexpected(last.error());
    const auto hashes = tlog::parse_hash_lines(proof);
    if (!hashes) return fail(ErrorKind::damaged, "--proof: " + hashes.error().message);
    const std::uint64_t old_size = *last ? (*last)->size : 0;
    const auto body = tlog::format_add_checkpoint({old_size, *hashes, checkpoint});
    if (!body) return fail(ErrorKind::damaged, body.error().message);
    const auto decision = impl_->decide(*body, time);
    if (!decision) return tl::make_unexpected(decision.error());
    if (decision->answer != tlog::WitnessAnswer::cosigned) {
        return fail(ErrorKind::damaged, "the witness does not cosign: " + decision->reason +
                                            " (it remembers size " + std::to_string(old_size) + " of " +
                                            claim->origin + ")");
    }
    const tlog::VerifierKey witness = key();
    return tlog::add_cosignatures(checkpoint, decision->body, std::span(&witness, 1));
}

Result<std::optional<tlog::WitnessedTree>> Witness::remembered(std::string_view origin) const {
    return read_state(impl_->file_of(origin), origin);
}

}  // namespace certledger::evidence
