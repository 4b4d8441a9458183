// Role: shared by the files that use LMDB directly: an open environment, and its errors as Failure.
#pragma once

#include <lmdb.h>
#include <cstring>
#include <filesystem>
#include <span>
#include <string>

#include "measure/sheet.hpp"

namespace certledger::bench {

inline void lmdb_sure(int code, const char* what) {
    if (code == MDB_SUCCESS) return;
    throw Failure({ErrorKind::outside, std::string("raw LMDB, ") + what + ": " + mdb_strerror(code)});
}

inline MDB_val lmdb_val(std::span<const std::uint8_t> octets) {
    return {octets.size(), const_cast<std::uint8_t*>(octets.data())};
}
inline std::span<const std::uint8_t> lmdb_octets(const MDB_val& value) {
    return {static_cast<const std::uint8_t*>(value.mv_data), value.mv_size};
}

/// The sum of the octets' words: reads each of them.
inline std::uint64_t word_sum(std::span<const std::uint8_t> octets) {
    std::uint64_t sum = 0;
    std::size_t at = 0;
    for (; at + 8 <= octets.size(); at += 8) {
        std::uint64_t word = 0;
        std::memcpy(&word, octets.data() + at, sizeof word);
        sum += word;
    }
    for (; at < octets.size(); ++at) sum += octets[at];
    return sum;
}

/// Closes with its life.
class RawEnv {
  public:
    RawEnv(const std::filesystem::path& file, unsigned flags, bool read_only = false) {
        lmdb_sure(mdb_env_create(&env_), "create");
        try {
            lmdb_sure(mdb_env_set_maxdbs(env_, 64), "databases");
            lmdb_sure(mdb_env_set_mapsize(env_, std::size_t{1} << 40U), "map");
            const unsigned how = flags | MDB_NOSUBDIR | MDB_NOTLS | (read_only ? MDB_RDONLY : 0U);
            lmdb_sure(mdb_env_open(env_, file.c_str(), how, 0600), "open");
        } catch (...) {
            mdb_env_close(env_);
            throw;
        }
    }
    RawEnv(const RawEnv&) = delete;
    RawEnv& operator=(const RawEnv&) = delete;
    ~RawEnv() { mdb_env_close(env_); }
    [[nodiscard]] MDB_env* get() const { return env_; }

  private:
    MDB_env* env_ = nullptr;
};

/// Aborts with its life unless it was committed.
class RawTxn {
  public:
    RawTxn(MDB_env* env, unsigned flags) { lmdb_sure(mdb_txn_begin(env, nullptr, flags, &txn_), "begin"); }
    RawTxn(const RawTxn&) = delete;
    RawTxn& operator=(const RawTxn&) = delete;
    ~RawTxn() {
        if (txn_ != nullptr) mdb_txn_abort(txn_);
    }
    void commit() { lmdb_sure(mdb_txn_commit(std::exchange(txn_, nullptr)), "commit"); }
    [[nodiscard]] MDB_txn* get() const { return txn_; }

  private:
    MDB_txn* txn_ = nullptr;
};

}  // namespace certledger::bench
