#include <algorithm>
#include <thread>
#include <utility>
#include <vector>

#include "raw/lmdb_log.hpp"
#include "raw/raw_env.hpp"

namespace certledger::bench {
namespace {

MDB_dbi open_named(MDB_txn* txn, const char* name) {
    MDB_dbi dbi = 0;
    lmdb_sure(mdb_dbi_open(txn, name, 0, &dbi), "database");
    return dbi;
}

class RawCursor {
  public:
    RawCursor(MDB_txn* txn, MDB_dbi dbi) { lmdb_sure(mdb_cursor_open(txn, dbi, &cursor_), "cursor"); }
    RawCursor(const RawCursor&) = delete;
    RawCursor& operator=(const RawCursor&) = delete;
    ~RawCursor() { mdb_cursor_close(cursor_); }

    bool get(MDB_val& key, MDB_val& value, MDB_cursor_op how) {
        const int code = mdb_cursor_get(cursor_, &key, &value, how);
        if (code == MDB_NOTFOUND) return false;
        lmdb_sure(code, "read");
        return true;
    }
    void append(MDB_val& key, MDB_val& value) {
        lmdb_sure(mdb_cursor_put(cursor_, &key, &value, MDB_APPEND), "put");
    }

  private:
    MDB_cursor* cursor_ = nullptr;
};

std::uint64_t number_of(const MDB_val& key) {
    std::uint64_t number = 0;
    if (key.mv_size == sizeof number) std::memcpy(&number, key.mv_data, sizeof number);
    return number;
}

/// Values with from <= key < to, as integer keys; every one when `to` is 0.
RawScan scan_part(MDB_env* env, MDB_dbi dbi, std::uint64_t from, std::uint64_t to) {
    RawTxn txn(env, MDB_RDONLY);
    RawCursor cursor(txn.get(), dbi);
    RawScan scan;
    MDB_val key{sizeof from, &from};
    MDB_val value{};
    bool more = cursor.get(key, value, to == 0 ? MDB_FIRST : MDB_SET_RANGE);
    while (more && (to == 0 || number_of(key) < to)) {
        const auto octets = lmdb_octets(value);
        scan.sum += word_sum(octets);
        scan.octets += octets.size();
        ++scan.values;
        more = cursor.get(key, value, MDB_NEXT);
    }
    return scan;
}

std::uint64_t last_key(MDB_env* env, MDB_dbi dbi) {
    RawTxn txn(env, MDB_RDONLY);
    RawCursor cursor(txn.get(), dbi);
    MDB_val key{};
    MDB_val value{};
    return cursor.get(key, value, MDB_LAST) ? number_of(key) : 0;
}

std::vector<std::string> database_names(MDB_env* env) {
    RawTxn txn(env, MDB_RDONLY);
    RawCursor cursor(txn.get(), open_named(txn.get(), nullptr));
    std::vector<std::string> names;
    MDB_val key{};
    MDB_val value{};
    for (bool more = cursor.get(key, value, MDB_FIRST); more; more = cursor.get(key, value, MDB_NEXT))
        names.emplace_back(static_cast<const char*>(key.mv_data), key.mv_size);
    return names;
}

}  // namespace

RawScan raw_scan(const std::filesystem::path& file, const char* database, unsigned threads) {
    const RawEnv env(file, 0, true);
    MDB_dbi dbi = 0;
    {
        RawTxn txn(env.get(), MDB_RDONLY);
        dbi = open_named(txn.get(), database);
        txn.commit();
    }
    if (threads <= 1) return scan_part(env.get(), dbi, 0, 0);
    const std::uint64_t end = last_key(env.get(), dbi) + 1;
    std::vector<RawScan> parts(threads);
    std::vector<std::thread> running;
    for (unsigned i = 0; i < threads; ++i) {
        running.emplace_back([&, i] {
            parts[i] = scan_part(env.get(), dbi, end * i / threads,
                                 i + 1 == threads ? end : end * (i + 1) / threads);
        });
    }
    for (auto& thread : running) thread.join();
    RawScan whole;
    for (const auto& part : parts) {
        whole.values += part.values;
        whole.octets += part.octets;
        whole.sum += part.sum;
    }
    return whole;
}

namespace {

using Rows = std::vector<std::pair<std::string, std::string>>;

/// Octets that were put. A cursor is what LMDB appends by fastest.
std::uint64_t append_rows(MDB_txn* txn, MDB_dbi into, const Rows& rows) {
    RawCursor cursor(txn, into);
    std::uint64_t octets = 0;
    for (const auto& [row_key, row] : rows) {
        MDB_val key{row_key.size(), const_cast<char*>(row_key.data())};
        MDB_val value{row.size(), const_cast<char*>(row.data())};
        cursor.append(key, value);
        octets += row_key.size() + row.size();
    }
    return octets;
}

}  // namespace

RawCopy raw_copy(const std::filesystem::path& from, const std::filesystem::path& to) {
    const RawEnv source(from, 0, true);
    const RawEnv target(to, MDB_NOSYNC);
    RawCopy copy;
    constexpr std::size_t batch = 20'000;
    Rows rows;
    for (const auto& name : database_names(source.get())) {
        RawTxn reading(source.get(), MDB_RDONLY);
        const MDB_dbi dbi = open_named(reading.get(), name.c_str());
        unsigned flags = 0;
        lmdb_sure(mdb_dbi_flags(reading.get(), dbi, &flags), "flags");
        RawCursor cursor(reading.get(), dbi);
        MDB_val key{};
        MDB_val value{};
        bool more = cursor.get(key, value, MDB_FIRST);
        while (more) {
            rows.clear();
            for (; more && rows.size() < batch; more = cursor.get(key, value, MDB_NEXT)) {
                rows.emplace_back(std::string(static_cast<const char*>(key.mv_data), key.mv_size),
                                  std::string(static_cast<const char*>(value.mv_data), value.mv_size));
            }
            copy.seconds += seconds_of([&] {
                RawTxn writing(target.get(), 0);
                MDB_dbi into = 0;
                lmdb_sure(mdb_dbi_open(writing.get(), name.c_str(), flags | MDB_CREATE, &into), "database");
                copy.octets += append_rows(writing.get(), into, rows);
                writing.commit();
            });
            copy.rows += rows.size();
        }
    }
    copy.seconds += seconds_of([&] { lmdb_sure(mdb_env_sync(target.get(), 1), "sync"); });
    return copy;
}

struct RawReader::Impl {
    Impl(const std::filesystem::path& file, std::string_view names_end, std::string_view rows_end,
         std::string_view index_end)
        : env(file, 0, true),
          names(open_filled(env.get(), names_end)),
          rows(open_filled(env.get(), rows_end)),
          index(open_filled(env.get(), index_end)) {
        lmdb_sure(mdb_cursor_open(txn.get(), index, &along), "open a cursor");
    }
    ~Impl() { mdb_cursor_close(along); }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    static MDB_dbi open_filled(MDB_env* env, std::string_view end) {
        for (const auto& name : database_names(env)) {
            if (!name.ends_with(end)) continue;
            RawTxn opening(env, MDB_RDONLY);
            const MDB_dbi dbi = open_named(opening.get(), name.c_str());
            MDB_stat stat = {};
            lmdb_sure(mdb_stat(opening.get(), dbi, &stat), "stat");
            if (stat.ms_entries == 0) continue;
            // A handle outlives its transaction only when that is committed.
            opening.commit();
            return dbi;
        }
        throw Failure({ErrorKind::not_found, "raw LMDB: no database that ends with " + std::string(end)});
    }

    [[nodiscard]] bool find(MDB_dbi dbi, MDB_val key, MDB_val& value) const {
        const int code = mdb_get(txn.get(), dbi, &key, &value);
        if (code == MDB_NOTFOUND) return false;
        lmdb_sure(code, "get");
        return true;
    }

    RawEnv env;
    MDB_dbi names;
    MDB_dbi rows;
    MDB_dbi index;
    RawTxn txn{env.get(), MDB_RDONLY};
    MDB_cursor* along = nullptr;
    std::uint64_t mixed = 0;  ///< Of all that was read: a compiler must not leave the reading out.
};

RawReader::RawReader(const std::filesystem::path& file, std::string_view names, std::string_view rows,
                     std::string_view index)
    : impl_(std::make_unique<Impl>(file, names, rows, index)) {}
RawReader::~RawReader() = default;

bool RawReader::get(std::string_view name) {
    mdb_txn_reset(impl_->txn.get());
    lmdb_sure(mdb_txn_renew(impl_->txn.get()), "renew");
    MDB_val number{};
    MDB_val row{};
    if (!impl_->find(impl_->names, {name.size(), const_cast<char*>(name.data())}, number)) return false;
    // The number begins the value, big-endian; as a key it has this machine's form.
    std::uint64_t key = 0;
    const auto value = lmdb_octets(number);
    for (const std::uint8_t octet : value.first(std::min(value.size(), sizeof key))) key = key << 8U | octet;
    if (!impl_->find(impl_->rows, {sizeof key, &key}, row)) return false;
    impl_->mixed += word_sum(lmdb_octets(row));
    return true;
}

std::size_t RawReader::page(std::string_view from, std::size_t count) {
    lmdb_sure(mdb_cursor_renew(impl_->txn.get(), impl_->along), "renew a cursor");
    MDB_val key{from.size(), const_cast<char*>(from.data())};
    MDB_val value{};
    std::size_t read = 0;
    int code = mdb_cursor_get(impl_->along, &key, &value, MDB_SET_RANGE);
    for (; code == 0 && read < count; ++read) {
        impl_->mixed += word_sum(lmdb_octets(value));
        code = mdb_cursor_get(impl_->along, &key, &value, MDB_NEXT);
    }
    if (code != MDB_NOTFOUND) lmdb_sure(code, "read along an index");
    return read;
}

}  // namespace certledger::bench
