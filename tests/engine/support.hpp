// What the tests of engine and exec share: ledgers in memory, with parts that fail on demand.
#pragma once

#include <certledger/adapters/system/clock.hpp>
#include <certledger/adapters/vault/vault.hpp>
#include <certledger/events/contract.hpp>
#include <certledger/store/memory_store.hpp>
#include <certledger/tools/engine/ledger.hpp>
#include <certledger/tools/engine/record_keys.hpp>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

namespace certledger::testing {

template <class T>
T must(Result<T> result) {
    if (!result) throw std::runtime_error("unexpected error: " + result.error().message);
    return std::move(*result);
}

inline void must(const Result<void>& result) {
    if (!result) throw std::runtime_error("unexpected error: " + result.error().message);
}

inline events::Instant at(const char* text) { return events::instant_from_string(text).value(); }

/// A log in front of another: counts, and calls back before each append.
class WatchedLog final : public store::EventStore {
  public:
    explicit WatchedLog(std::shared_ptr<store::EventStore> log) : log_(std::move(log)) {}

    /// Runs before each append; an error is the append's outcome then.
    std::function<Result<void>(const store::Append&)> before_append;
    /// Runs before each reading of a stream; an error is its outcome then.
    std::function<Result<void>(std::string_view stream)> before_read;
    int appends = 0;

    Result<std::vector<store::Stored>> append(const store::Append& append) override {
        ++appends;
        if (before_append) {
            if (auto allowed = before_append(append); !allowed) return tl::make_unexpected(allowed.error());
        }
        return log_->append(append);
    }
    store::Head head() const override { return log_->head(); }
    std::optional<store::StreamHead> stream_head(std::string_view stream) const override {
        return log_->stream_head(stream);
    }
    Result<void> read_stream(std::string_view stream, std::uint64_t from, std::uint64_t to,
                             store::Direction direction, const store::RecordVisitor& visit) const override {
        if (before_read) {
            if (auto allowed = before_read(stream); !allowed) return allowed;
        }
        return log_->read_stream(stream, from, to, direction, visit);
    }
    Result<void> read_all(store::Position from, store::Position to,
                          const store::RecordVisitor& visit) const override {
        return log_->read_all(from, to, visit);
    }
    Result<events::Bytes> record(store::Position position) const override { return log_->record(position); }
    Result<void> find(std::string_view key, const store::RecordVisitor& visit) const override {
        return log_->find(key, visit);
    }
    Result<store::TreeHead> tree_head(std::uint64_t size) const override { return log_->tree_head(size); }
    Result<std::vector<events::Digest>> inclusion_proof(std::uint64_t index,
                                                        std::uint64_t size) const override {
        return log_->inclusion_proof(index, size);
    }
    Result<std::vector<events::Digest>> consistency_proof(std::uint64_t from,
                                                          std::uint64_t to) const override {
        return log_->consistency_proof(from, to);
    }

  private:
    std::shared_ptr<store::EventStore> log_;
};

/// A log in memory that several ledgers may use, as several processes use one folder.
class SharedLedger {
  public:
    SharedLedger() : log_(std::make_shared<store::MemoryStore>(&engine::record_keys)) {}

    /// Another ledger over the same log; `watched` is good as long as that ledger.
    engine::Ledger open(engine::LedgerOptions options = simulated()) {
        auto watched_log = std::make_unique<WatchedLog>(log_);
        watched = watched_log.get();
        engine::Assembly assembly = engine::memory_assembly();
        assembly.log = std::move(watched_log);
        assembly.clock = clock;
        assembly.master_key = std::string(64, '7');
        // All ledgers have one vault, as they have one log.
        assembly.open_secrets = [this]() -> Result<std::unique_ptr<adapters::vault::KeyValue>> {
            return std::unique_ptr<adapters::vault::KeyValue>(std::make_unique<Shared>(secrets_));
        };
        return must(engine::Ledger::assemble(std::move(assembly), options));
    }

    static engine::LedgerOptions simulated() {
        engine::LedgerOptions options;
        options.simulated_time = true;
        options.origin = "test.example/log";
        return options;
    }

    WatchedLog* watched = nullptr;  ///< Of the ledger opened last.
    std::shared_ptr<adapters::system::FixedClock> clock =
        std::make_shared<adapters::system::FixedClock>(at("2026-06-01T00:00:00Z"));
    [[nodiscard]] store::EventStore& log() { return *log_; }
    void lose_secrets() { secrets_->clear(); }
    [[nodiscard]] std::size_t secrets() const { return secrets_->size(); }

  private:
    using Values = std::map<std::string, events::Bytes, std::less<>>;

    class Shared final : public adapters::vault::KeyValue {
      public:
        explicit Shared(std::shared_ptr<Values> values) : values_(std::move(values)) {}
        Result<std::optional<events::Bytes>> get(std::string_view key) const override {
            const auto found = values_->find(key);
            return found == values_->end() ? std::optional<events::Bytes>() : std::optional(found->second);
        }
        Result<void> apply(const std::vector<adapters::vault::Change>& changes) override {
            for (const auto& change : changes) {
                values_->erase(change.key);
                if (change.value) values_->emplace(change.key, *change.value);
            }
            return {};
        }
        Result<void> for_each(
            std::string_view prefix,
            const std::function<void(std::string_view, const events::Bytes&)>& visit) const override {
            for (auto i = values_->lower_bound(prefix); i != values_->end() && i->first.starts_with(prefix);
                 ++i)
                visit(i->first, i->second);
            return {};
        }

      private:
        std::shared_ptr<Values> values_;
    };

    std::shared_ptr<store::EventStore> log_;
    std::shared_ptr<Values> secrets_ = std::make_shared<Values>();
};

// Commands as the tests give them.

inline engine::Request request(std::string id, domain::Command command, const char* occurred_at = nullptr) {
    engine::Request request;
    request.id = std::move(id);
    request.actor = "ada";
    request.command = std::move(command);
    if (occurred_at != nullptr) request.occurred_at = at(occurred_at);
    return request;
}

inline events::Product dv_single() { return {events::Level::dv, events::Kind::single, 1, 1, "digicert"}; }

inline domain::BuyQuota buy_quota(std::optional<std::string> id, std::int64_t count = 3) {
    domain::BuyQuota command;
    if (id) command.quota = events::QuotaId{*id};
    command.product = dv_single();
    command.count = count;
    command.price = events::money_from_string("100.00 USD").value();
    return command;
}

inline domain::CreateCertificate create(const std::string& quota, std::optional<std::string> id,
                                        const std::string& name = "example.com") {
    domain::CreateCertificate command;
    command.quota = events::QuotaId{quota};
    if (id) command.certificate = events::CertificateId{*id};
    command.names = {name};
    return command;
}

inline domain::BuyCertificate buy(const std::string& id, const std::string& name = "example.com") {
    domain::BuyCertificate command;
    command.certificate = events::CertificateId{id};
    command.product = dv_single();
    command.names = {name};
    command.price = events::money_from_string("10.00 USD").value();
    return command;
}

inline domain::SubmitApplication apply_for(const std::string& id, bool key_here = true) {
    domain::SubmitApplication command;
    command.certificate = events::CertificateId{id};
    command.validation = events::ValidationMethod::dns_manual;
    command.contact = domain::Contact{"Ada", "ada@example.com", "+44123456"};
    if (key_here) {
        command.key = "ec-p256";
    } else {
        command.key_sha256 = events::Digest{1, 2, 3};
    }
    return command;
}

inline domain::RecordValidation validated(const std::string& id, const std::string& name = "example.com") {
    return {events::CertificateId{id}, name, domain::ValidationOutcome::succeeded, std::nullopt};
}

inline domain::IssueCertificate issue(const std::string& id, const char* not_before, const char* not_after,
                                      std::uint8_t fingerprint) {
    domain::IssueCertificate command;
    command.certificate = events::CertificateId{id};
    command.serial = "0a1b";
    command.issuer = "CN=Test CA";
    command.not_before = at(not_before);
    command.not_after = at(not_after);
    command.sha256 = events::Digest{fingerprint, 9, 9};
    return command;
}

/// Takes a certificate from the purchase to the issue.
inline void issue_one(engine::Ledger& ledger, const std::string& id, std::uint8_t fingerprint,
                      const std::string& name = "example.com") {
    const auto done = [&](engine::Request one) {
        const auto answer = must(ledger.execute(std::move(one)));
        if (!answer.ok) throw std::runtime_error(answer.refusal->message);
    };
    done(request("", buy(id, name), "2026-01-02T00:00:00Z"));
    done(request("", apply_for(id, false), "2026-01-02T00:01:00Z"));
    done(request("", validated(id, name), "2026-01-02T00:02:00Z"));
    done(request("", issue(id, "2026-01-02T00:00:00Z", "2026-12-31T23:59:59Z", fingerprint),
                 "2026-01-02T00:03:00Z"));
}

}  // namespace certledger::testing
