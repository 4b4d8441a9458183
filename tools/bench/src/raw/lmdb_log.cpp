#include "raw/lmdb_log.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <array>
#include <vector>

#include "raw/raw_env.hpp"

namespace certledger::bench {
namespace {

constexpr std::uint64_t kZerosAhead = std::uint64_t{64} << 20U;

std::uint64_t hash_of(std::string_view text) {
    std::uint64_t hash = 0xCBF29CE484222325U;
    for (const char c : text) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001B3U;
    return hash;
}

/// 12 octets, big-endian: a hash of the stream's name, then the version.
std::array<std::uint8_t, 12> index_key(const RawEvent& event) {
    std::array<std::uint8_t, 12> key{};
    const std::uint64_t hash = hash_of(event.stream);
    for (unsigned i = 0; i < 8; ++i) key[i] = static_cast<std::uint8_t>(hash >> (56 - 8 * i));
    for (unsigned i = 0; i < 4; ++i) key[8 + i] = static_cast<std::uint8_t>(event.version >> (24 - 8 * i));
    return key;
}

}  // namespace

struct RawLog::Impl {
    Impl(const std::filesystem::path& file, RawLayout kind, bool zeros)
        : env(file, 0), layout(kind), ahead(zeros) {
        RawTxn txn(env.get(), 0);
        lmdb_sure(mdb_dbi_open(txn.get(), "log", MDB_CREATE | MDB_INTEGERKEY, &log), "database");
        lmdb_sure(mdb_dbi_open(txn.get(), "index", MDB_CREATE, &index), "database");
        txn.commit();
    }

    [[nodiscard]] std::uint64_t used() const {
        MDB_envinfo info = {};
        MDB_stat stat = {};
        mdb_env_info(env.get(), &info);
        mdb_env_stat(env.get(), &stat);
        return (info.me_last_pgno + 1) * stat.ms_psize;
    }

    RawEnv env;
    RawLayout layout;
    bool ahead;
    MDB_dbi log = 0;
    MDB_dbi index = 0;
};

RawLog::RawLog(const std::filesystem::path& file, RawLayout layout, bool zeros_ahead)
    : impl_(std::make_unique<Impl>(file, layout, zeros_ahead)) {}
RawLog::~RawLog() = default;

void RawLog::append(std::span<const RawEvent> events, std::span<const std::uint8_t> octets) {
    RawTxn txn(impl_->env.get(), 0);
    if (impl_->layout == RawLayout::commits) {
        std::uint64_t first = events.front().position;
        MDB_val key{sizeof first, &first};
        MDB_val value{octets.size(), nullptr};
        lmdb_sure(mdb_put(txn.get(), impl_->log, &key, &value, MDB_APPEND | MDB_RESERVE), "put");
        std::memcpy(value.mv_data, octets.data(), octets.size());
    } else {
        for (const RawEvent& event : events) {
            std::uint64_t position = event.position;
            MDB_val key{sizeof position, &position};
            MDB_val value = lmdb_val(event.octets);
            lmdb_sure(mdb_put(txn.get(), impl_->log, &key, &value, MDB_APPEND), "put");
            auto name = index_key(event);
            MDB_val index{name.size(), name.data()};
            MDB_val at{sizeof position, &position};
            lmdb_sure(mdb_put(txn.get(), impl_->index, &index, &at, MDB_NOOVERWRITE), "put into the index");
        }
    }
    txn.commit();
}

void RawLog::hurry(bool on) {
    lmdb_sure(mdb_env_set_flags(impl_->env.get(), MDB_NOSYNC, on ? 1 : 0), "flags");
}
void RawLog::sync() { lmdb_sure(mdb_env_sync(impl_->env.get(), 1), "sync"); }
std::uint64_t RawLog::used() const { return impl_->used(); }

void RawLog::grow_ahead() {
    if (!impl_->ahead) return;
    mdb_filehandle_t fd = -1;
    lmdb_sure(mdb_env_get_fd(impl_->env.get(), &fd), "file");
    const off_t end = ::lseek(fd, 0, SEEK_END);
    const auto wanted = static_cast<off_t>(impl_->used() + kZerosAhead);
    const std::vector<std::uint8_t> zeros(std::size_t{1} << 20U);
    for (off_t at = end; at < wanted; at += static_cast<off_t>(zeros.size())) {
        if (::pwrite(fd, zeros.data(), zeros.size(), at) != static_cast<ssize_t>(zeros.size()))
            throw Failure({ErrorKind::outside, "raw LMDB: the file cannot grow"});
    }
    if (end < wanted && ::fsync(fd) != 0) throw Failure({ErrorKind::outside, "raw LMDB: fsync"});
}

}  // namespace certledger::bench
