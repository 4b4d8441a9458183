// Role: a witness's decisions (C2SP tlog-witness, add-checkpoint), without network, clock or disk: what it
// remembers and the time come in as values, what it must remember goes out.
//
// Durability: on `cosigned` the caller stores `remember` durably, in the transaction that read what was
// remembered, and only then lets the answer out. Otherwise two requests could roll the memory back.
#pragma once

#include <certledger/store/tlog/checkpoint.hpp>
#include <functional>

namespace certledger::store::tlog {

/// The request: "old <size>", the proof's hashes, an empty line, the signed checkpoint.
struct AddCheckpointRequest {
    std::uint64_t old_size = 0;
    std::vector<Digest> proof;  ///< From the old size to the checkpoint's; at most 63.
    std::string checkpoint;     ///< Signed note, verbatim.
};

/// The body to send. invalid_input: `parse_add_checkpoint` would not read it.
[[nodiscard]] Result<std::string> format_add_checkpoint(const AddCheckpointRequest& request);

/// Damaged: not of the form, or larger than 2 MiB.
[[nodiscard]] Result<AddCheckpointRequest> parse_add_checkpoint(std::string_view body);

/// A log that the witness serves. A key is good for its own log only.
struct WitnessedLog {
    std::string origin;
    std::vector<VerifierKey> keys;
};

/// The newest tree that the witness has cosigned for an origin.
struct WitnessedTree {
    std::uint64_t size = 0;
    Digest root{};

    friend bool operator==(const WitnessedTree&, const WitnessedTree&) = default;
};

/// The codes are those of HTTP.
enum class WitnessAnswer : std::uint16_t {
    cosigned = 200,
    malformed = 400,    ///< No such request, or the old size exceeds the checkpoint's.
    unknown_key = 403,  ///< No good signature of a key trusted for this origin.
    unknown_origin = 404,
    conflict = 409,  ///< The old size is not the remembered one, or the same size has another root.
    bad_proof = 422,
};

struct WitnessDecision {
    WitnessAnswer answer = WitnessAnswer::malformed;
    std::string body;  ///< Cosignature lines; for a conflict the remembered size; else a reason, one line.
    std::string content_type;               ///< For HTTP.
    std::string reason;                     ///< Why not, for a log or a person; empty when cosigned.
    std::string origin;                     ///< Set once a checkpoint could be read.
    std::optional<WitnessedTree> remember;  ///< Set exactly when cosigned: store it before answering.
};

/// What is remembered for an origin; nothing if it was never cosigned.
using WitnessMemory = std::function<std::optional<WitnessedTree>(std::string_view origin)>;

/// Decides on a request at `time` (seconds since 1970, at most 2^63 - 1). `witness` must be a key of type
/// cosignature; anything else is a contract violation. `memory` is asked at most once, after the log's
/// signature has been found good.
[[nodiscard]] WitnessDecision decide_add_checkpoint(std::string_view body, std::span<const WitnessedLog> logs,
                                                    const WitnessMemory& memory, const Signer& witness,
                                                    std::uint64_t time);

}  // namespace certledger::store::tlog
