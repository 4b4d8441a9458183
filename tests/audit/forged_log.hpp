// Role: a log whose records a test may replace by any octets. It serves them with right checksums and the
// right tree, as one who can write the folder would leave it.
#pragma once

#include <algorithm>
#include <certledger/events/codec.hpp>
#include <certledger/events/envelope.hpp>
#include <certledger/store/event_store.hpp>
#include <certledger/store/tlog/right_edge.hpp>
#include <certledger/tools/engine/record_keys.hpp>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace certledger::testing {

/// A record's fields, with memory of their own.
struct Forgery {
    events::RecordView fields;  ///< Without the texts and the payload, which stand below.
    std::string stream, actor, account, command, correlation;
    events::Event event;
};

class ForgedLog : public store::EventStore {
  public:
    explicit ForgedLog(const store::EventStore& honest) {
        const auto read = honest.read_all(1, honest.head().position, [this](const auto&, auto octets) {
            records.emplace_back(octets.begin(), octets.end());
            return true;
        });
        if (!read) throw std::runtime_error(read.error().message);
    }

    std::vector<events::Bytes> records;

    /// Changes a record (from 1) in its fields; checksum and encoding come out right.
    void forge(store::Position position, const std::function<void(Forgery&)>& change) {
        records.at(position - 1) = written(changed(read(position), change));
    }
    /// The fields of a record.
    [[nodiscard]] Forgery read(store::Position position) const {
        const auto view = events::read_record(records.at(position - 1)).value();
        Forgery made;
        made.fields = view;
        made.stream = view.stream;
        made.actor = view.actor;
        made.account = view.account;
        made.command = view.command;
        made.correlation = view.correlation;
        made.event = events::decode_event(view.type, view.schema, view.payload).value();
        return made;
    }
    [[nodiscard]] static events::Bytes written(const Forgery& forgery) {
        events::Bytes payload;
        events::encode_event(forgery.event, payload);
        events::RecordView view = forgery.fields;
        view.type = events::type_of(forgery.event);
        view.stream = forgery.stream;
        view.actor = forgery.actor;
        view.account = forgery.account;
        view.command = forgery.command;
        view.correlation = forgery.correlation;
        view.payload = payload;
        events::Bytes octets;
        events::encode_record(view, octets);
        return octets;
    }
    /// Numbers positions, versions and pointers anew, after records were dropped, added or put elsewhere.
    void renumber() {
        std::map<std::string, std::pair<std::uint64_t, store::Position>> ends;
        for (std::size_t i = 0; i < records.size(); ++i) {
            forge(i + 1, [&](Forgery& record) {
                auto& [version, last] = ends[record.stream];
                record.fields.position = i + 1;
                record.fields.version = ++version;
                record.fields.previous = last;
                last = i + 1;
            });
        }
    }
    /// The first record with an event of the type (of a stream), from 1.
    [[nodiscard]] store::Position find_type(events::EventType type, std::string_view stream = {}) const {
        for (std::size_t i = 0; i < records.size(); ++i) {
            const auto view = events::read_record(records[i]).value();
            if (view.type == type && (stream.empty() || view.stream == stream)) return i + 1;
        }
        throw std::runtime_error("no such record");
    }

    Result<std::vector<store::Stored>> append(const store::Append&) override {
        return fail(ErrorKind::invalid_input, "a forged log does not grow");
    }
    [[nodiscard]] store::Head head() const override { return {records.size(), {}}; }
    [[nodiscard]] std::optional<store::StreamHead> stream_head(std::string_view) const override {
        return std::nullopt;
    }
    Result<void> read_stream(std::string_view stream, std::uint64_t from, std::uint64_t to, store::Direction,
                             const store::RecordVisitor& visit) const override {
        return each([&](const events::RecordView& record, std::span<const std::uint8_t> octets) {
            if (record.stream != stream || record.version < from || record.version > to) return true;
            return visit(record, octets);
        });
    }
    Result<void> read_all(store::Position from, store::Position to,
                          const store::RecordVisitor& visit) const override {
        for (store::Position at = from; at <= to && at <= records.size(); ++at) {
            const auto view = events::read_record_unchecked(records[at - 1]);
            if (!view) return tl::make_unexpected(view.error());
            if (!visit(*view, records[at - 1])) break;
        }
        return {};
    }
    [[nodiscard]] Result<events::Bytes> record(store::Position position) const override {
        if (position == 0 || position > records.size()) return fail(ErrorKind::not_found, "no such record");
        return records[position - 1];
    }
    Result<void> find(std::string_view key, const store::RecordVisitor& visit) const override {
        for (std::size_t i = records.size(); i-- > 0;) {
            const auto view = events::read_record_unchecked(records[i]);
            if (!view) continue;
            std::vector<std::string> keys;
            engine::record_keys(*view, keys);
            const bool carries = std::find(keys.begin(), keys.end(), key) != keys.end();
            if (carries && !visit(*view, records[i])) break;
        }
        return {};
    }
    [[nodiscard]] Result<store::TreeHead> tree_head(std::uint64_t size) const override {
        store::tlog::RightEdge edge;
        for (std::size_t i = 0; i < size; ++i) edge.append(store::tlog::leaf_hash(records.at(i)));
        return store::TreeHead{size, edge.root()};
    }
    [[nodiscard]] Result<std::vector<events::Digest>> inclusion_proof(std::uint64_t,
                                                                      std::uint64_t) const override {
        return fail(ErrorKind::invalid_input, "a forged log proves nothing");
    }
    [[nodiscard]] Result<std::vector<events::Digest>> consistency_proof(std::uint64_t,
                                                                        std::uint64_t) const override {
        return fail(ErrorKind::invalid_input, "a forged log proves nothing");
    }

  private:
    static Forgery changed(Forgery forgery, const std::function<void(Forgery&)>& change) {
        change(forgery);
        return forgery;
    }
    Result<void> each(const store::RecordVisitor& visit) const { return read_all(1, records.size(), visit); }
};

}  // namespace certledger::testing
