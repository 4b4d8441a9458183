#include "backup_format.hpp"

#include <certledger/events/json/json.hpp>
#include <certledger/events/json/parse.hpp>
#include <certledger/store/tlog/right_edge.hpp>

#include "tar.hpp"

namespace certledger::evidence {
namespace tlog = store::tlog;

namespace {

constexpr std::int64_t kFormat = 1;
constexpr std::size_t kLargestManifest = 65'536;
constexpr std::size_t kPositionDigits = 20;

tl::unexpected<Error> bad(const std::string& what) { return fail(ErrorKind::damaged, "backup: " + what); }

void put_u32(std::string& out, std::uint32_t value) {
    for (unsigned shift = 32; shift > 0; shift -= 8)
        out.push_back(static_cast<char>(static_cast<std::uint8_t>(value >> (shift - 8))));
}

/// Takes a length and as many octets; nothing when they are not there.
std::optional<std::string_view> take_sized(std::string_view& octets, std::size_t length_octets) {
    if (octets.size() < length_octets) return std::nullopt;
    std::size_t length = 0;
    for (std::size_t i = 0; i < length_octets; ++i)
        length = length << 8U | static_cast<std::uint8_t>(octets[i]);
    octets.remove_prefix(length_octets);
    if (octets.size() < length) return std::nullopt;
    const std::string_view taken = octets.substr(0, length);
    octets.remove_prefix(length);
    return taken;
}

std::span<const std::uint8_t> octets_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// Follows the members of one backup.
class Reading {
  public:
    Reading(const BackupVisitor& visitor, const OnCopied& progress, BackupFacts facts)
        : visitor_(visitor), progress_(progress), facts_(std::move(facts)) {}

    Result<void> take(const TarMember& member) {
        if (member.name.starts_with(kRecordsFolder)) return take_records(member);
        if (member.name == kBookName) return visitor_.book ? visitor_.book(member.octets) : Result<void>{};
        if (member.name == kEntriesName && facts_.with_vault) {
            has_vault_ = true;
            return parse_entries(member.octets, vault_);
        }
        if (member.name == kKeyFileName && facts_.with_vault) {
            vault_.key_file = member.octets;
            return {};
        }
        return bad(member.name + ": does not belong into a backup");
    }

    Result<void> finish() {
        if (edge_.size() != facts_.tree.size) {
            return bad("holds " + std::to_string(edge_.size()) + " records, must hold " +
                       std::to_string(facts_.tree.size));
        }
        if (edge_.root() != facts_.tree.root) return bad("its records do not give the root that it names");
        if (has_vault_ != facts_.with_vault) return bad(std::string(kEntriesName) + ": is missing");
        return has_vault_ && visitor_.vault ? visitor_.vault(vault_) : Result<void>{};
    }
    [[nodiscard]] const BackupFacts& facts() const { return facts_; }

  private:
    Result<void> take_records(const TarMember& member) {
        if (member.octets.size() > kLargestPart) return bad(member.name + ": is too large");
        if (member.name != records_name(edge_.size() + 1))
            return bad(member.name + ": " + records_name(edge_.size() + 1) + " must come next");
        std::string_view rest = member.octets;
        while (!rest.empty()) {
            const auto record = take_sized(rest, 2);
            if (!record) return bad(member.name + ": ends inside a record");
            const auto bytes = octets_of(*record);
            const auto view = events::read_record(bytes);
            const std::string name = member.name + ": record " + std::to_string(edge_.size() + 1);
            if (!view) return bad(name + ": " + view.error().message);
            if (view->position != edge_.size() + 1)
                return bad(name + ": bears position " + std::to_string(view->position));
            edge_.append(tlog::leaf_hash(bytes));
            if (visitor_.record) {
                if (auto taken = visitor_.record(bytes); !taken) return taken;
            }
        }
        if (progress_) progress_(edge_.size(), facts_.tree.size);
        return {};
    }

    const BackupVisitor& visitor_;
    const OnCopied& progress_;
    BackupFacts facts_;
    tlog::RightEdge edge_;
    SealedVault vault_;
    bool has_vault_ = false;
};

}  // namespace

std::string records_name(store::Position first) {
    const std::string digits = std::to_string(first);
    return std::string(kRecordsFolder) + std::string(kPositionDigits - digits.size(), '0') + digits;
}

std::string format_manifest(const BackupFacts& facts) {
    events::json::OrderedJson manifest;
    manifest["format"] = kFormat;
    manifest["origin"] = facts.origin;
    manifest["position"] = facts.tree.size;
    manifest["root"] = events::to_base64(facts.tree.root);
    manifest["made_at"] = events::to_string(facts.made_at);
    manifest["with_vault"] = facts.with_vault;
    return manifest.dump(2) + "\n";
}

Result<BackupFacts> parse_manifest(const std::string& text) {
    const auto parsed = events::json::parse(text, kLargestManifest);
    if (!parsed) return bad(std::string(kManifestName) + ": " + parsed.error().message);
    const events::json::Json& manifest = *parsed;
    if (!manifest.is_object()) return bad(std::string(kManifestName) + ": is no JSON object");
    const auto text_of = [&](const char* name) -> std::optional<std::string> {
        const auto at = manifest.find(name);
        if (at == manifest.end() || !at->is_string()) return std::nullopt;
        return at->get<std::string>();
    };
    const auto format = manifest.find("format");
    if (format == manifest.end() || *format != kFormat) return bad("this program knows format 1 only");
    const auto origin = text_of("origin");
    const auto root = text_of("root");
    const auto digest = root ? events::digest_from_base64(*root) : std::nullopt;
    const auto made_at_text = text_of("made_at");
    const auto made_at = made_at_text ? events::instant_from_string(*made_at_text) : std::nullopt;
    const auto position = manifest.find("position");
    const auto with_vault = manifest.find("with_vault");
    if (!origin || !digest || !made_at || position == manifest.end() || !position->is_number_unsigned() ||
        with_vault == manifest.end() || !with_vault->is_boolean()) {
        return bad(std::string(kManifestName) + ": a member is missing or of another type");
    }
    return BackupFacts{*origin, {position->get<std::uint64_t>(), *digest}, *made_at, with_vault->get<bool>()};
}

std::string format_entries(const SealedVault& vault) {
    std::string out;
    for (const auto& [name, value] : vault.entries) {
        put_u32(out, static_cast<std::uint32_t>(name.size()));
        out += name;
        put_u32(out, static_cast<std::uint32_t>(value.size()));
        out.append(reinterpret_cast<const char*>(value.data()), value.size());
    }
    return out;
}

Result<void> parse_entries(std::string_view octets, SealedVault& vault) {
    while (!octets.empty()) {
        const auto name = take_sized(octets, 4);
        const auto value = name ? take_sized(octets, 4) : std::nullopt;
        if (!name || !value) return bad(std::string(kEntriesName) + ": ends inside an entry");
        vault.entries.emplace_back(std::string(*name), events::Bytes(value->begin(), value->end()));
    }
    return {};
}

Result<BackupFacts> read_backup(const std::filesystem::path& file, const BackupVisitor& visitor,
                                const OnCopied& progress) {
    auto tar = TarReader::open(file);
    if (!tar) return tl::make_unexpected(tar.error());
    auto member = tar->next(kLargestManifest);
    if (!member) return tl::make_unexpected(member.error());
    if (!*member || (*member)->name != kManifestName)
        return bad("file " + file.string() + ": does not begin with " + kManifestName);
    auto facts = parse_manifest((*member)->octets);
    if (!facts) return facts;
    Reading reading(visitor, progress, std::move(*facts));
    for (;;) {
        member = tar->next(kLargestMember);
        if (!member) return tl::make_unexpected(member.error());
        if (!*member) break;
        if (auto taken = reading.take(**member); !taken) return tl::make_unexpected(taken.error());
    }
    if (auto whole = reading.finish(); !whole) return tl::make_unexpected(whole.error());
    return reading.facts();
}

}  // namespace certledger::evidence
