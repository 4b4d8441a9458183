// Role: what a verb works with: the globals, the output, and the ledger, opened when it is first needed.
#pragma once

#include <certledger/domain/commands.hpp>
#include <certledger/events/ids.hpp>
#include <certledger/events/result.hpp>
#include <certledger/projections/views.hpp>
#include <certledger/tools/engine/ledger.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "args/globals.hpp"
#include "exit_code.hpp"
#include "output/output.hpp"

namespace certledger::cli {

/// Lives for one command line. Not thread-safe.
class Context {
  public:
    Context(const Globals& globals, Output& out) : globals_(&globals), out_(&out) {}

    [[nodiscard]] const Globals& globals() const noexcept { return *globals_; }
    [[nodiscard]] Output& out() noexcept { return *out_; }
    [[nodiscard]] events::AccountId account() const { return {globals_->account}; }

    /// The ledger of --ledger; made when there is none, with a remark.
    [[nodiscard]] Result<engine::Ledger*> ledger();
    /// Closes the ledger when it was opened: leaves its checkpoint.
    [[nodiscard]] Result<void> close();
    /// Lets the ledger go as it is, to be opened anew: after OutcomeUnknown.
    void abandon() noexcept { ledger_.reset(); }

    /// The views where --as-of and --as-at say, else at the head.
    [[nodiscard]] Result<projections::Moment> moment();
    /// The views at the head, for finding what a command is about: of commands that are no query alone.
    [[nodiscard]] Result<projections::Moment> head();

    /// The certificate that a text means: an id, the beginning of one, or a domain name. not_found when there
    /// is none; invalid_input, with the candidates, when there are several.
    [[nodiscard]] Result<events::CertificateId> certificate(const projections::Moment& moment,
                                                            std::string_view text);
    [[nodiscard]] Result<events::QuotaId> quota(const projections::Moment& moment, std::string_view text);
    /// At the head.
    [[nodiscard]] Result<events::CertificateId> certificate(std::string_view text);
    [[nodiscard]] Result<events::QuotaId> quota(std::string_view text);

    /// Decides and commits one command under --account and --actor.
    [[nodiscard]] Result<engine::Answer> execute(domain::Command command);

    /// The result of a lookup by id, or the error that says why there is none.
    template <class T>
    [[nodiscard]] Result<T> found(projections::Found<T> result, std::string_view what) const {
        if (result) return std::move(*result);
        return absent(result.error(), what);
    }
    [[nodiscard]] tl::unexpected<Error> absent(projections::Absence absence, std::string_view what) const;

  private:
    const Globals* globals_;
    Output* out_;
    std::optional<engine::Ledger> ledger_;
    bool made_ = false;
};

}  // namespace certledger::cli
