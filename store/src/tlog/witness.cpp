#include <algorithm>
#include <certledger/events/contract.hpp>
#include <certledger/store/tlog/proofs.hpp>
#include <certledger/store/tlog/witness.hpp>

#include "text.hpp"

namespace certledger::store::tlog {
namespace {

constexpr std::string_view old_word = "old ";
constexpr std::size_t largest_body = 2 * largest_note;
constexpr std::size_t longest_proof = 63;

tl::unexpected<Error> bad(const std::string& why) {
    return fail(ErrorKind::damaged, "add-checkpoint: " + why);
}

WitnessDecision refuse(WitnessAnswer answer, const std::string& reason, std::string origin = {}) {
    WitnessDecision out;
    out.answer = answer;
    out.body = reason + "\n";
    out.content_type = "text/plain; charset=utf-8";
    out.reason = reason;
    out.origin = std::move(origin);
    return out;
}

WitnessDecision conflict(const std::string& reason, const std::string& origin, std::uint64_t remembered) {
    WitnessDecision out = refuse(WitnessAnswer::conflict, reason, origin);
    out.body = std::to_string(remembered) + "\n";
    out.content_type = "text/x.tlog.size";
    return out;
}

/// The part that needs what is remembered: signature and origin are good already.
WitnessDecision decide_known(const AddCheckpointRequest& request, const Checkpoint& checkpoint,
                             std::string_view text, const WitnessedTree& last, const Signer& witness,
                             std::uint64_t time) {
    const std::string& origin = checkpoint.origin;
    if (request.old_size != last.size) {
        return conflict("the old size " + std::to_string(request.old_size) +
                            " must be the one last cosigned, " + std::to_string(last.size),
                        origin, last.size);
    }
    if (request.old_size == checkpoint.size && last.root != checkpoint.root) {
        return conflict("another root was cosigned for size " + std::to_string(last.size), origin, last.size);
    }
    if (auto holds =
            verify_consistency(last.size, checkpoint.size, last.root, checkpoint.root, request.proof);
        !holds) {
        return refuse(WitnessAnswer::bad_proof, holds.error().message, origin);
    }
    WitnessDecision out;
    out.answer = WitnessAnswer::cosigned;
    out.body = format_signature_line(sign_text(text, witness, time));
    out.content_type = "text/plain; charset=utf-8";
    out.origin = origin;
    out.remember = WitnessedTree{checkpoint.size, checkpoint.root};
    return out;
}

}  // namespace

Result<std::string> format_add_checkpoint(const AddCheckpointRequest& request) {
    std::string body = std::string(old_word) + std::to_string(request.old_size) + "\n" +
                       format_hash_lines(request.proof) + "\n" + request.checkpoint;
    if (auto again = parse_add_checkpoint(body); !again) {
        return fail(ErrorKind::invalid_input, again.error().message);
    }
    return body;
}

Result<AddCheckpointRequest> parse_add_checkpoint(std::string_view body) {
    if (body.size() > largest_body) return bad("must not be larger than 2 MiB");
    const auto line = take_line(body);
    const auto size =
        line && line->starts_with(old_word) ? parse_decimal(line->substr(old_word.size())) : std::nullopt;
    if (!size) return bad("the first line must be \"old <decimal size>\"");
    const std::size_t end = body.starts_with('\n') ? 0 : body.find("\n\n");
    if (end == std::string_view::npos) return bad("has no empty line before the checkpoint");
    Result<std::vector<Digest>> proof =
        parse_hash_lines(body.substr(0, end == 0 ? 0 : end + 1), longest_proof);
    if (!proof) return tl::make_unexpected(proof.error());
    AddCheckpointRequest out{*size, std::move(*proof), std::string(body.substr(end == 0 ? 1 : end + 2))};
    const Result<Note> note = parse_note(out.checkpoint);
    if (!note) return tl::make_unexpected(note.error());
    if (auto checkpoint = parse_checkpoint(note->text); !checkpoint)
        return tl::make_unexpected(checkpoint.error());
    return out;
}

WitnessDecision decide_add_checkpoint(std::string_view body, std::span<const WitnessedLog> logs,
                                      const WitnessMemory& memory, const Signer& witness,
                                      std::uint64_t time) {
    CERTLEDGER_CHECK(witness.verifier().type() == KeyType::cosignature);
    const Result<AddCheckpointRequest> request = parse_add_checkpoint(body);
    if (!request) return refuse(WitnessAnswer::malformed, request.error().message);
    const Result<Note> note = parse_note(request->checkpoint);
    const Result<Checkpoint> checkpoint = parse_checkpoint(note->text);
    const std::string& origin = checkpoint->origin;
    const auto log =
        std::find_if(logs.begin(), logs.end(), [&](const auto& l) { return l.origin == origin; });
    if (log == logs.end()) {
        return refuse(WitnessAnswer::unknown_origin, "origin " + quoted(origin) + " is not served here",
                      origin);
    }
    if (auto verified = verify_note(*note, log->keys); !verified) {
        return refuse(WitnessAnswer::unknown_key, verified.error().message, origin);
    }
    if (request->old_size > checkpoint->size) {
        return refuse(WitnessAnswer::malformed, "the old size must not exceed the checkpoint's size", origin);
    }
    const WitnessedTree last = memory(origin).value_or(WitnessedTree{0, empty_root()});
    return decide_known(*request, *checkpoint, note->text, last, witness, time);
}

}  // namespace certledger::store::tlog
