// Role: a small ledger in memory with a folder for its evidence.
#pragma once

#include <catch2/catch.hpp>
#include <certledger/adapters/secret/secret_bytes.hpp>
#include <certledger/adapters/vault/key_value.hpp>
#include <certledger/adapters/vault/vault.hpp>
#include <certledger/events/codec.hpp>
#include <certledger/store/memory_store.hpp>
#include <certledger/tools/evidence/evidence.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

namespace evidence_test {

using namespace certledger;
namespace fs = std::filesystem;
namespace tlog = store::tlog;

/// A folder of its own that goes with the test.
class Folder {
  public:
    Folder() {
        std::string name = (fs::temp_directory_path() / "evidence-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make a temporary folder");
        path_ = name;
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    ~Folder() {
        std::error_code ignored;
        fs::remove_all(path_, ignored);
    }
    [[nodiscard]] const fs::path& path() const { return path_; }

  private:
    fs::path path_;
};

inline std::string text_of(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

inline void write_text(const fs::path& path, const std::string& text) {
    fs::create_directories(path.parent_path());
    std::ofstream out(path, std::ios::binary | std::ios::trunc);
    out << text;
    if (!out.flush()) throw std::runtime_error("cannot write " + path.string());
}

class MemoryValues final : public adapters::vault::KeyValue {
  public:
    Result<std::optional<events::Bytes>> get(std::string_view key) const override {
        const auto found = values.find(std::string(key));
        return found == values.end() ? std::optional<events::Bytes>{} : std::optional(found->second);
    }
    Result<void> apply(const std::vector<adapters::vault::Change>& changes) override {
        for (const auto& change : changes) {
            if (change.value) values[change.key] = *change.value;
            if (!change.value) values.erase(change.key);
        }
        return {};
    }
    Result<void> for_each(
        std::string_view prefix,
        const std::function<void(std::string_view, const events::Bytes&)>& visit) const override {
        for (const auto& [key, value] : values) {
            if (key.starts_with(prefix)) visit(key, value);
        }
        return {};
    }
    std::map<std::string, events::Bytes> values;
};

inline store::PendingRecord pending(const std::string& stream, events::EventType type,
                                    events::Bytes payload) {
    store::PendingRecord record;
    record.stream.value = stream;
    record.type = type;
    record.occurred_at = record.not_before = events::Instant::from_seconds(1'700'000'000);
    record.actor = "tester";
    record.account = "default";
    record.payload = std::move(payload);
    return record;
}

inline events::Bytes genesis_payload(const std::string& origin) {
    events::LedgerCreated created;
    created.origin = origin;
    events::Bytes payload;
    events::encode_event(created, payload);
    return payload;
}

inline void append(store::EventStore& log, store::PendingRecord record) {
    store::Append append;
    append.records.push_back(std::move(record));
    if (const auto done = log.append(append); !done) throw std::runtime_error(done.error().message);
}

/// Adds records until the log has `size` of them; `mark` makes two logs differ.
inline void grow(store::EventStore& log, std::uint64_t size, const std::string& mark = "") {
    if (log.head().position == 0)
        append(log, pending("ledger", events::EventType::ledger_created, genesis_payload("example.com/log")));
    while (log.head().position < size) {
        const std::string text = mark + std::to_string(log.head().position);
        append(log,
               pending("certificate-" + text, events::EventType::review_started, {text.begin(), text.end()}));
    }
}

/// A ledger whose log can be exchanged behind its back.
struct TestLedger {
    explicit TestLedger(std::uint64_t size = 3) : log(std::make_unique<store::MemoryStore>()) {
        grow(*log, size);
    }

    void exchange_log(std::uint64_t size, const std::string& mark = "") {
        log = std::make_unique<store::MemoryStore>();
        grow(*log, size, mark);
    }
    [[nodiscard]] evidence::Evidence evidence() {
        evidence::EvidenceParts parts;
        parts.ledger = folder.path();
        parts.log = log.get();
        parts.vault = [this]() -> Result<adapters::vault::Vault*> { return &vault; };
        parts.make_durable = [this]() -> Result<void> {
            ++synced;
            return sync_result;
        };
        parts.now = [] { return events::Instant::from_seconds(1'750'000'000); };
        return evidence::Evidence(std::move(parts));
    }
    /// As after the loss of the vault.
    void lose_vault() {
        values.values.clear();
        vault = open_vault();
    }
    adapters::vault::Vault open_vault() {
        auto opened =
            adapters::vault::Vault::open(values, adapters::SecretBytes::copy_of(std::string(32, 'k')));
        if (!opened) throw std::runtime_error(opened.error().message);
        return std::move(*opened);
    }
    [[nodiscard]] std::string book() const { return text_of(evidence::book_path(folder.path())); }
    [[nodiscard]] std::string shown() const { return text_of(evidence::checkpoint_path(folder.path())); }

    Folder folder;
    MemoryValues values;
    adapters::vault::Vault vault = open_vault();
    std::unique_ptr<store::MemoryStore> log;
    int synced = 0;
    Result<void> sync_result;
};

/// The value; the test fails when there is none.
template <class T>
T value_of(Result<T> result) {
    if (!result) FAIL(result.error().message);
    return std::move(*result);
}
inline void require_done(const Result<void>& result) {
    if (!result) FAIL(result.error().message);
}
template <class T>
ErrorKind kind_of(const Result<T>& result) {
    REQUIRE_FALSE(result);
    return result.error().kind;
}

inline evidence::RollbackDecision decision(const std::string& reason = "disk failure") {
    evidence::RollbackDecision decision;
    decision.reason = reason;
    decision.actor = "ada";
    decision.account = "default";
    decision.at = events::Instant::from_seconds(1'750'000'000);
    decision.event_id.octets[0] = 7;
    return decision;
}

}  // namespace evidence_test
