// Role: a witness (C2SP tlog-witness, tlog-cosignature): remembers the newest checkpoint of every log that it
// serves, demands proof that the next one extends it, and cosigns. Stands apart from any ledger; run it where
// the log's operator cannot reach.
//
// State folder (mode 0700): a file for each origin (origin, size, root; one a line) and `lock`. Key folder:
// `witness.key` (mode 0600: name, seed in hexadecimal) and `witness.vkey`, to be handed to those who verify.
#pragma once

#include <certledger/events/result.hpp>
#include <certledger/store/tlog/witness.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace certledger::evidence {

struct WitnessOptions {
    std::filesystem::path state;
    std::filesystem::path key_folder;
    std::string name = "certledger-witness";  ///< Of the key, when it is made.
    std::vector<store::tlog::VerifierKey> logs;
};

/// Durability: what is remembered is on the disk before its cosignature is given out. Threads and processes:
/// any number may ask at the same time; one after another is decided.
class Witness {
  public:
    /// Makes folders and key where there are none. invalid_input: the key file is open to others, the name is
    /// none, or a log's key is a witness's; damaged: the key file does not read.
    [[nodiscard]] static Result<Witness> open(const WitnessOptions& options);

    Witness(Witness&&) noexcept;
    Witness& operator=(Witness&&) noexcept;
    ~Witness();

    [[nodiscard]] const store::tlog::VerifierKey& key() const noexcept;

    /// Decides on an add-checkpoint request at `time` (seconds since 1970). Errors: outside, damaged (state):
    /// no answer is given then.
    [[nodiscard]] Result<store::tlog::WitnessDecision> add_checkpoint(std::string_view body,
                                                                      std::uint64_t time);

    /// The same for files: a signed checkpoint and the proof from what is remembered, one base64 hash a line.
    /// Gives the checkpoint with the cosignature. damaged: the witness does not cosign, with its reason.
    [[nodiscard]] Result<std::string> cosign(const std::string& checkpoint, std::string_view proof,
                                             std::uint64_t time);

    /// The newest tree that was cosigned for an origin; nothing for an unknown one.
    [[nodiscard]] Result<std::optional<store::tlog::WitnessedTree>> remembered(std::string_view origin) const;

  private:
    struct Impl;
    explicit Witness(std::unique_ptr<Impl> impl) noexcept;
    std::unique_ptr<Impl> impl_;
};

/// Answers the add-checkpoint protocol over HTTP on a loopback address: POST /add-checkpoint. From a thread
/// of its own, until it is destroyed. At most 32 connections, 10 seconds of silence each, 2 MiB a request.
class WitnessServer {
  public:
    /// `listen` is `127.0.0.1:PORT` or `[::1]:PORT`; port 0 takes a free one. The witness outlives the
    /// server. invalid_input: another address (put a proxy that speaks TLS in front); outside: the port is
    /// taken.
    [[nodiscard]] static Result<WitnessServer> start(Witness& witness, const std::string& listen);

    WitnessServer(WitnessServer&&) noexcept;
    WitnessServer& operator=(WitnessServer&&) noexcept;
    ~WitnessServer();

    /// `http://127.0.0.1:8080`.
    [[nodiscard]] std::string url() const;

  private:
    struct Impl;
    explicit WitnessServer(std::unique_ptr<Impl> impl) noexcept;
    std::unique_ptr<Impl> impl_;
};

}  // namespace certledger::evidence
