// Role: the fuzz targets. Each takes any octets and checks what must hold for all of them: what is read and
// written again is the same, and nothing that a stranger sends breaks a contract. A broken property throws
// ContractViolation, which ends the fuzzer and fails the test that replays the corpus.
#pragma once

#include <certledger/events/contract.hpp>
#include <cstdint>
#include <span>
#include <string_view>

namespace certledger::fuzz {

using Octets = std::span<const std::uint8_t>;

// One file each.
void record(Octets octets);        ///< A record of the log: envelope, checksum, payload.
void event(Octets octets);         ///< Two octets of type code, then a canonical payload.
void record_json(Octets octets);   ///< A line of `log import`.
void json(Octets octets);          ///< A JSON document of a stranger.
void exec_line(Octets octets);     ///< A line of `exec`.
void note(Octets octets);          ///< A signed note.
void checkpoint(Octets octets);    ///< A checkpoint, its text alone and signed.
void cosignature(Octets octets);   ///< What a witness is sent and what it answers.
void proof(Octets octets);         ///< A proof file, and the lines of a consistency proof.
void tile(Octets octets);          ///< The name of a tile; one octet of width, then an entry bundle.
void verifier_key(Octets octets);  ///< A verifier key.

struct Target {
    std::string_view name;
    void (*run)(Octets);
};

inline constexpr Target kTargets[] = {
    {"record", record},       {"event", event}, {"record_json", record_json},   {"json", json},
    {"exec_line", exec_line}, {"note", note},   {"checkpoint", checkpoint},     {"cosignature", cosignature},
    {"proof", proof},         {"tile", tile},   {"verifier_key", verifier_key},
};

[[nodiscard]] inline std::string_view text_of(Octets octets) {
    return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

}  // namespace certledger::fuzz
