#include <certledger/events/ids.hpp>
#include <certledger/events/json/writer.hpp>
#include <certledger/projections/views.hpp>
#include <certledger/tools/audit/diff.hpp>
#include <certledger/tools/exec/view_json.hpp>
#include <map>
#include <set>

namespace certledger::audit {
namespace {

using events::StreamKind;
using events::json::OrderedJson;
using projections::Moment;

/// A certificate as its views show it; null when there is none.
OrderedJson certificate_json(const Moment& moment, const events::CertificateId& id, std::string& account) {
    const auto place = moment.rows().find_certificate(id.value);
    const auto row = place ? moment.rows().certificate(*place) : std::nullopt;
    if (!row) return {};
    account = row->account.value;
    OrderedJson object{{"status", events::to_name(row->status)}};
    const auto item = moment.certificate(row->account, id);
    if (!item) return object;  // Deleted: nothing but that is shown of it.
    object.update(exec::view_json(*item));
    for (const char* told : {"certificate", "account", "days_left"}) object.erase(told);
    if (const auto refund = moment.refund(row->account, id)) {
        const OrderedJson shown = exec::view_json(*refund);
        for (const char* name : {"state", "amount", "eligible_until", "decided_at", "reason"})
            object[std::string("refund_") + name] = shown[name];
    }
    return object;
}

OrderedJson quota_json(const Moment& moment, const std::string& id, std::string& account) {
    const auto row = moment.rows().quota(id);
    if (!row) return {};
    account = row->account.value;
    const auto item = moment.quota(row->account, {id});
    if (!item) return {};
    OrderedJson object = exec::view_json(*item);
    for (const char* told : {"quota", "account"}) object.erase(told);
    return object;
}

/// The policy of each kind that was adopted last.
OrderedJson policies_json(const Moment& moment, const std::string& stream) {
    const auto row = moment.rows().policies(stream);
    if (!row) return {};
    OrderedJson object = OrderedJson::object();
    for (const auto& version : row->versions)
        object[std::string(events::to_name(version.policy.kind()))] =
            events::json::to_json_object(version.policy);
    return object;
}

void compare(const OrderedJson& before, const OrderedJson& after, std::vector<Change>& changes) {
    const auto at = [](const OrderedJson& object, const std::string& field) {
        return object.is_object() && object.contains(field) ? object[field] : OrderedJson();
    };
    std::vector<std::string> fields;
    for (const OrderedJson* side : {&after, &before}) {
        if (!side->is_object()) continue;
        for (const auto& [field, value] : side->items()) {
            if (side == &after || !after.is_object() || !after.contains(field)) fields.push_back(field);
        }
    }
    for (const auto& field : fields) {
        OrderedJson was = at(before, field);
        OrderedJson is = at(after, field);
        if (was != is) changes.push_back({field, std::move(was), std::move(is)});
    }
}

/// The streams that the records between two moments are about, with the number of their records.
class Touched {
  public:
    Touched(const Moment& before, const Moment& after) : before_(before), after_(after) {}

    Result<void> read(const store::EventStore& log) {
        auto read = log.read_all(before_.position() + 1, after_.position(), [&](const auto& record, auto) {
            ++streams[std::string(record.stream)];
            return true;
        });
        if (!read) return read;
        std::vector<std::string> ids;
        for (const auto& [stream, records] : streams) {
            if (events::stream_kind(stream) == StreamKind::certificate)
                ids.emplace_back(events::id_part(stream));
        }
        for (const auto& id : ids) add_others(id);
        return {};
    }

    std::map<std::string, std::uint64_t> streams;

  private:
    void add(const events::CertificateId& id) { streams.emplace(events::stream_of(id).value, 0); }

    /// Certificates whose rows an event of this one may have changed.
    void add_others(const std::string& id) {
        for (const Moment* moment : {&before_, &after_}) {
            const auto& rows = moment->rows();
            const auto place = rows.find_certificate(id);
            const auto row = place ? rows.certificate(*place) : std::nullopt;
            if (!row) continue;
            if (row->predecessor) add(*row->predecessor);
            // Who held the target before may hold it no longer: both moments are asked.
            for (const auto& deployment : row->deployments) {
                add_holder(before_, row->account.value, deployment.target);
                add_holder(after_, row->account.value, deployment.target);
            }
        }
    }
    void add_holder(const Moment& moment, const std::string& account, const std::string& name) {
        const auto target = moment.rows().target(account, name);
        const auto holder = target ? moment.rows().certificate(target->holder) : std::nullopt;
        if (holder) add(holder->certificate);
    }

    const Moment& before_;
    const Moment& after_;
};

ChangedStream compare_stream(const std::string& stream, std::uint64_t records, const Moment& before,
                             const Moment& after) {
    ChangedStream changed;
    changed.stream = stream;
    changed.records = records;
    const std::string id(events::id_part(stream));
    switch (events::stream_kind(stream).value_or(StreamKind::ledger)) {
        case StreamKind::certificate:
            changed.certificate = id;
            compare(certificate_json(before, {id}, changed.account),
                    certificate_json(after, {id}, changed.account), changed.changes);
            break;
        case StreamKind::quota:
            changed.quota = id;
            compare(quota_json(before, id, changed.account), quota_json(after, id, changed.account),
                    changed.changes);
            break;
        case StreamKind::policy:
            changed.account = id;
            compare(policies_json(before, stream), policies_json(after, stream), changed.changes);
            break;
        default:
            break;
    }
    return changed;
}

}  // namespace

Result<Diff> diff(engine::Ledger& ledger, const projections::AsOf& from,
                  const std::optional<projections::AsOf>& to) {
    const auto views = ledger.views();
    if (!views) return tl::make_unexpected(views.error());
    const auto moment_at = [&](const std::optional<projections::AsOf>& point) {
        return (*views)->moment({ledger.query_now(), point, std::nullopt});
    };
    const auto before = moment_at(from);
    if (!before) return tl::make_unexpected(before.error());
    const auto after = moment_at(to);
    if (!after) return tl::make_unexpected(after.error());
    if (before->position() > after->position()) {
        return fail(ErrorKind::invalid_input, "--from: position " + std::to_string(before->position()) +
                                                  " is behind --to, " + std::to_string(after->position()));
    }
    Touched touched(*before, *after);
    if (auto read = touched.read(ledger.store()); !read) return tl::make_unexpected(read.error());
    Diff found;
    found.from = before->position();
    found.to = after->position();
    for (const auto& [stream, records] : touched.streams) {
        auto changed = compare_stream(stream, records, *before, *after);
        if (!changed.changes.empty()) found.items.push_back(std::move(changed));
    }
    return found;
}

}  // namespace certledger::audit
