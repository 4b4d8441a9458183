#include "run_query.hpp"

#include <algorithm>
#include <certledger/adapters/names/name.hpp>
#include <certledger/events/json/record_json.hpp>
#include <certledger/projections/views.hpp>
#include <certledger/store/tlog/hash.hpp>
#include <certledger/tools/exec/view_json.hpp>

namespace certledger::exec {
namespace {

using events::RefusalCode;
using events::json::OrderedJson;
using projections::Absence;
using projections::Moment;

domain::Refusal refusal(RefusalCode code, std::string field, std::string message) {
    domain::Refusal refusal;
    refusal.code = code;
    refusal.field = std::move(field);
    refusal.message = std::move(message);
    return refusal;
}

QueryOutcome refuse(RefusalCode code, std::string field, std::string message) {
    return tl::make_unexpected(refusal(code, std::move(field), std::move(message)));
}

/// Why there is no answer about an id, as the commands would say it (rulings 7).
QueryOutcome absent(Absence absence, const char* field, const std::string& id) {
    const std::string what = std::string(field) + " \"" + id + "\"";
    switch (absence) {
        case Absence::not_authorized:
            return refuse(RefusalCode::not_authorized, {}, "the " + what + " belongs to another account");
        case Absence::deleted: {
            auto deleted = refusal(RefusalCode::deleted, {}, "the " + what + " is deleted");
            deleted.status = events::Status::deleted;
            return tl::make_unexpected(std::move(deleted));
        }
        case Absence::unknown:
            break;
    }
    auto unknown = refusal(RefusalCode::unknown_stream, field, "there is no " + what);
    if (std::string_view(field) == "quota") {
        unknown.allowed = {domain::CommandType::buy_quota};
    } else {
        unknown.allowed = {domain::CommandType::buy_certificate, domain::CommandType::create_certificate,
                           domain::CommandType::upload_certificate};
    }
    return tl::make_unexpected(std::move(unknown));
}

/// The log up to a position.
Result<QueryOutcome> end_of_log(const engine::Ledger& ledger, store::Position position) {
    const auto head = ledger.store().tree_head(position);
    if (!head) return tl::make_unexpected(head.error());
    return QueryOutcome(OrderedJson{{"position", position}, {"root", events::to_base64(head->root)}});
}

/// The position that is asked about, where that can be told without the views: they may be far behind.
std::optional<store::Position> position_asked(const engine::Ledger& ledger, const QueryRequest& request) {
    if (!std::holds_alternative<PositionQuery>(request.query)) return std::nullopt;
    const store::Position end = ledger.store().head().position;
    if (!request.as_of) return end;
    if (const auto* position = std::get_if<store::Position>(&*request.as_of)) return std::min(*position, end);
    return std::nullopt;
}

/// Runs one query at one moment.
struct Ask {
    const Moment& moment;
    const QueryRequest& request;
    engine::Ledger& ledger;

    using Outcome = Result<QueryOutcome>;

    template <class View>
    Outcome found(const projections::Found<View>& view, const char* field, const std::string& id) const {
        if (!view) return absent(view.error(), field, id);
        return QueryOutcome(view_json(*view));
    }

    Outcome operator()(const CertificateQuery& query) const {
        return found(moment.certificate(request.account, query.certificate), "certificate",
                     query.certificate.value);
    }
    Outcome operator()(const ProgressQuery& query) const {
        return found(moment.progress(request.account, query.certificate), "certificate",
                     query.certificate.value);
    }
    Outcome operator()(const RefundQuery& query) const {
        return found(moment.refund(request.account, query.certificate), "certificate",
                     query.certificate.value);
    }
    Outcome operator()(const QuotaQuery& query) const {
        return found(moment.quota(request.account, query.quota), "quota", query.quota.value);
    }
    Outcome operator()(const RefundsQuery&) const {
        const auto refunds = moment.refunds(request.account);
        if (!refunds) return tl::make_unexpected(refunds.error());
        return QueryOutcome(view_json(*refunds));
    }
    Outcome operator()(const WatchQuery&) const {
        return QueryOutcome(view_json(moment.watch(request.account)));
    }
    Outcome operator()(const PositionQuery&) const { return end_of_log(ledger, moment.position()); }
    Outcome operator()(const ListQuery& query) const;
    Outcome operator()(const HistoryQuery& query) const;
};

Ask::Outcome Ask::operator()(const ListQuery& query) const {
    projections::ListQuery wanted;
    wanted.status = query.status;
    if (query.limit && *query.limit == 0) {
        return refuse(RefusalCode::invalid_field, "limit", "limit must be at least 1");
    }
    if (query.limit) wanted.limit = static_cast<std::size_t>(*query.limit);
    wanted.cursor = query.cursor;
    if (query.domain) {
        auto name = adapters::names::searched_form(*query.domain);
        if (!name) return refuse(RefusalCode::invalid_field, "domain", "domain: " + name.error().message);
        wanted.domain = std::move(*name);
    }
    const auto page = moment.list(request.account, wanted);
    if (page) return QueryOutcome(view_json(*page));
    if (page.error().kind != ErrorKind::invalid_input) return tl::make_unexpected(page.error());
    return refuse(RefusalCode::invalid_field, "cursor", page.error().message);
}

Ask::Outcome Ask::operator()(const HistoryQuery& query) const {
    if (query.certificate.has_value() == query.quota.has_value()) {
        return refuse(RefusalCode::invalid_field, "certificate", "one of certificate and quota is needed");
    }
    const auto stream = query.quota ? events::stream_of(*query.quota) : events::stream_of(*query.certificate);
    OrderedJson items = OrderedJson::array();
    std::optional<Error> failed;
    const auto visited = moment.history(
        request.account, stream, [&](const events::RecordView& record, std::span<const std::uint8_t> bytes) {
            auto object = events::json::record_to_object(record, store::tlog::leaf_hash(bytes));
            if (!object) {
                failed = object.error();
                return false;
            }
            items.push_back(std::move(*object));
            return true;
        });
    if (!visited) return tl::make_unexpected(visited.error());
    if (failed) return tl::make_unexpected(std::move(*failed));
    if (!*visited) {
        return absent(visited->error(), query.quota ? "quota" : "certificate",
                      query.quota ? query.quota->value : query.certificate->value);
    }
    return QueryOutcome(OrderedJson{{"items", std::move(items)}});
}

/// Ids that no stream can have are faults of the line, not of the ledger.
std::optional<domain::Refusal> id_fault(const Query& query) {
    const auto fault = [](const char* field, const std::string& id) -> std::optional<domain::Refusal> {
        if (events::well_formed_id(id)) return std::nullopt;
        return refusal(RefusalCode::invalid_field, field,
                       std::string(field) + " must match [A-Za-z0-9._-]{1,64}");
    };
    return std::visit(
        [&](const auto& held) -> std::optional<domain::Refusal> {
            if constexpr (requires { held.certificate.value; }) {
                return fault("certificate", held.certificate.value);
            } else if constexpr (requires { held.quota.value; }) {
                return fault("quota", held.quota.value);
            } else if constexpr (requires { held.certificate->value; }) {
                if (held.certificate) return fault("certificate", held.certificate->value);
                if (held.quota) return fault("quota", held.quota->value);
            }
            return std::nullopt;
        },
        query);
}

}  // namespace

Result<QueryOutcome> run_query(engine::Ledger& ledger, const QueryRequest& request) {
    if (auto fault = id_fault(request.query)) return QueryOutcome(tl::make_unexpected(std::move(*fault)));
    if (const auto position = position_asked(ledger, request)) return end_of_log(ledger, *position);
    const auto views = ledger.views();
    if (!views) return tl::make_unexpected(views.error());
    const auto moment = (*views)->moment({ledger.query_now(), request.as_of, request.as_at});
    if (!moment) return tl::make_unexpected(moment.error());
    return std::visit(Ask{*moment, request, ledger}, request.query);
}

}  // namespace certledger::exec
