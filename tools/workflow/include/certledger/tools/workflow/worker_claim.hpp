// Role: sees to it that one worker at a time serves a ledger that is a folder, so that no two take up the
// same work again and again because of what the other has written.
#pragma once

#include <certledger/events/result.hpp>
#include <optional>
#include <string>

namespace certledger::workflow {

/// Durability: none; it ends with its object or process. Threads: one. Leaves nothing in the folder.
class WorkerClaim {
  public:
    /// Nothing: another worker has it. outside: the folder cannot be opened.
    [[nodiscard]] static Result<std::optional<WorkerClaim>> take(const std::string& folder);
    WorkerClaim(WorkerClaim&& other) noexcept;
    WorkerClaim& operator=(WorkerClaim&&) = delete;
    ~WorkerClaim();

    /// Whether the path still leads to the folder that was claimed, and not to another one or nowhere.
    [[nodiscard]] bool holds() const;

  private:
    WorkerClaim(std::string folder, int file) : folder_(std::move(folder)), file_(file) {}

    std::string folder_;
    int file_ = -1;
};

}  // namespace certledger::workflow
