#include "lmdb_key_value.hpp"

#include <certledger/store/lmdb/environment.hpp>

namespace certledger::engine {
namespace {

namespace lmdb = store::lmdb;

class LmdbKeyValue final : public adapters::vault::KeyValue {
  public:
    explicit LmdbKeyValue(std::unique_ptr<lmdb::Environment> environment)
        : environment_(std::move(environment)), values_(environment_->main()) {}

    Result<std::optional<events::Bytes>> get(std::string_view key) const override {
        const auto reading = environment_->read();
        if (!reading) return tl::make_unexpected(reading.error());
        const auto value = reading->get(values_, lmdb::octets_of(key));
        if (!value) return tl::make_unexpected(value.error());
        if (!*value) return std::optional<events::Bytes>{};
        return std::optional<events::Bytes>(events::Bytes((*value)->begin(), (*value)->end()));
    }

    Result<void> apply(const std::vector<adapters::vault::Change>& changes) override {
        return environment_->write([&](lmdb::WriteTransaction& writing) -> Result<void> {
            for (const auto& change : changes) {
                const auto key = lmdb::octets_of(change.key);
                if (change.value) {
                    if (auto put = writing.put(values_, key, *change.value); !put) return put;
                } else if (const auto erased = writing.erase(values_, key); !erased) {
                    return tl::make_unexpected(erased.error());
                }
            }
            return {};
        });
    }

    Result<void> for_each(
        std::string_view prefix,
        const std::function<void(std::string_view, const events::Bytes&)>& visit) const override {
        const auto reading = environment_->read();
        if (!reading) return tl::make_unexpected(reading.error());
        auto cursor = reading->cursor(values_);
        if (!cursor) return tl::make_unexpected(cursor.error());
        auto more = prefix.empty() ? cursor->first() : cursor->seek(lmdb::octets_of(prefix));
        for (; more && *more; more = cursor->next()) {
            const auto key = lmdb::text_of(cursor->key());
            if (!key.starts_with(prefix)) break;
            visit(key, events::Bytes(cursor->value().begin(), cursor->value().end()));
        }
        if (!more) return tl::make_unexpected(more.error());
        return {};
    }

  private:
    std::unique_ptr<lmdb::Environment> environment_;
    lmdb::Database values_;
};

}  // namespace

Result<std::unique_ptr<adapters::vault::KeyValue>> open_lmdb_key_value(const std::filesystem::path& file,
                                                                       bool read_only) {
    lmdb::EnvironmentOptions options;
    options.file = file;
    options.create = !read_only;
    options.read_only = read_only;
    options.map_size = std::uint64_t{16} << 20U;
    auto opened = lmdb::Environment::open(options);
    if (!opened) return tl::make_unexpected(opened.error());
    return std::unique_ptr<adapters::vault::KeyValue>(std::make_unique<LmdbKeyValue>(std::move(*opened)));
}

}  // namespace certledger::engine
