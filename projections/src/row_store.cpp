#include <certledger/events/contract.hpp>
#include <certledger/events/schema.hpp>
#include <certledger/projections/row_store.hpp>
#include <certledger/store/tlog/hash.hpp>

namespace certledger::projections {

namespace {

/// Raised when the fold, an index or a keeper gives other rows for the same log while no field changed.
constexpr int kFoldVersion = 3;

template <class Row>
std::string description() {
    events::SchemaWriter writer;
    Row{}.serialize(writer, 1U);
    return writer.text();
}

}  // namespace

const std::string& rows_fingerprint() {
    static const std::string fingerprint = [] {
        const std::string text = "fold " + std::to_string(kFoldVersion) + "\n" +
                                 description<CertificateRow>() + description<QuotaRow>() +
                                 description<TargetRow>() + description<PolicyRow>() +
                                 description<TotalRow>() + description<CountRow>();
        return events::to_hex(store::tlog::sha256(std::string_view(text))).substr(0, 16);
    }();
    return fingerprint;
}

MemoryRowStore::MemoryRowStore() : rows_(std::make_shared<MemoryRows>()) {}

std::shared_ptr<const RowReader> MemoryRowStore::snapshot() const {
    const std::lock_guard lock(mutex_);
    return rows_;
}

Result<void> MemoryRowStore::commit(const MemoryRows& changes, Checkpoint expected) {
    const std::lock_guard lock(mutex_);
    if (rows_->checkpoint() != expected) return fail(ErrorKind::conflict, "views: the checkpoint has moved");
    // Readers keep what they have: rows that somebody looks at are copied before they change.
    if (rows_.use_count() > 1) {
        auto copy = std::make_shared<MemoryRows>();
        copy->absorb(*rows_);
        rows_ = std::move(copy);
    }
    rows_->absorb(changes);
    return {};
}

Result<void> MemoryRowStore::reset() {
    const std::lock_guard lock(mutex_);
    rows_ = std::make_shared<MemoryRows>();
    return {};
}

Result<std::unique_ptr<RowStore>> MemoryRowStore::begin_beside() {
    return std::unique_ptr<RowStore>(std::make_unique<MemoryRowStore>());
}

namespace {

class MemoryLoader final : public RowLoader {
  public:
    using Publish = std::function<void(std::shared_ptr<MemoryRows>)>;
    explicit MemoryLoader(Publish publish) : publish_(std::move(publish)) {}

    Result<void> add(std::size_t, const MemoryRows& rows) override {
        const std::lock_guard lock(mutex_);
        rows_->absorb(rows);
        return {};
    }
    Result<void> end_part(std::size_t, std::size_t) override { return {}; }
    Result<void> finish(Checkpoint checkpoint) override {
        rows_->set_checkpoint(checkpoint);
        publish_(rows_);
        return {};
    }

  private:
    Publish publish_;
    std::mutex mutex_;
    std::shared_ptr<MemoryRows> rows_ = std::make_shared<MemoryRows>();
};

}  // namespace

Result<std::unique_ptr<RowLoader>> MemoryRowStore::begin_load(std::size_t, std::size_t) {
    return std::unique_ptr<RowLoader>(
        std::make_unique<MemoryLoader>([this](std::shared_ptr<MemoryRows> rows) {
            const std::lock_guard lock(mutex_);
            rows_ = std::move(rows);
        }));
}

Result<void> MemoryRowStore::adopt(RowStore& beside) {
    auto* other = dynamic_cast<MemoryRowStore*>(&beside);
    CERTLEDGER_CHECK(other != nullptr && other != this);
    const std::scoped_lock lock(mutex_, other->mutex_);
    if (other->rows_->checkpoint().position < rows_->checkpoint().position)
        return fail(ErrorKind::conflict, "views: the live rows have a later checkpoint");
    rows_ = other->rows_;
    return {};
}

}  // namespace certledger::projections
