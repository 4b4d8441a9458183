#include <certledger/events/json/record_json.hpp>
#include <certledger/store/tlog/hash.hpp>
#include <certledger/tools/audit/import.hpp>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "args/values.hpp"
#include "nouns/nouns.hpp"
#include "records.hpp"
#include "report.hpp"

namespace certledger::cli {
namespace {

using store::Position;

/// Rows of a table are kept until its widths are known: longer ranges are printed in parts of this many.
constexpr std::size_t kRowsAtOnce = 1'000;

struct RangeInput {
    std::optional<std::int64_t> position;
    std::optional<std::int64_t> from;
    std::optional<std::int64_t> to;
    std::optional<std::string> stream;
    std::optional<events::EventType> type;
    bool raw = false;
};

struct Range {
    Position from = 1;
    Position to = 0;
};

/// The last position that --as-of lets be seen.
Result<Position> last_position(Context& context, engine::Ledger& ledger) {
    if (!context.globals().as_of) return ledger.store().head().position;
    auto moment = context.moment();
    if (!moment) return tl::make_unexpected(std::move(moment.error()));
    return moment->position();
}

/// Visits the records of a range that the filters let through, in the order of their positions.
Result<void> visit_range(engine::Ledger& ledger, const RangeInput& in, Range range,
                         const store::RecordVisitor& visit) {
    const auto filtered = [&](const events::RecordView& record, std::span<const std::uint8_t> bytes) {
        if (in.stream && record.stream != *in.stream) return true;
        if (in.type && record.type != *in.type) return true;
        return visit(record, bytes);
    };
    if (!in.stream) return ledger.store().read_all(range.from, range.to, filtered);
    return ledger.store().read_stream(*in.stream, 1, UINT64_MAX, store::Direction::forward,
                                      [&](const auto& record, auto bytes) {
                                          if (record.position < range.from) return true;
                                          if (record.position > range.to) return false;
                                          return filtered(record, bytes);
                                      });
}

Result<int> print_range(Context& context, engine::Ledger& ledger, const RangeInput& in, Range range) {
    Output& out = context.out();
    std::optional<Error> fault;
    Table table = record_table(true);
    const auto read = visit_range(ledger, in, range, [&](const auto& record, auto bytes) {
        if (out.json()) {
            const auto object = record_json(record, bytes);
            if (!object) {
                fault = object.error();
                return false;
            }
            out.json_line(*object);
            return true;
        }
        add_record(table, record, true);
        if (table.size() >= kRowsAtOnce) {
            table.print(out);
            table = record_table(true);
        }
        return true;
    });
    if (!table.empty()) table.print(out);
    if (!read) return tl::make_unexpected(read.error());
    if (fault) return tl::make_unexpected(*fault);
    return exit_done;
}

Result<int> print_one(Context& context, engine::Ledger& ledger, Position position, bool raw) {
    auto bytes = ledger.store().record(position);
    if (!bytes) return tl::make_unexpected(std::move(bytes.error()));
    Output& out = context.out();
    if (raw) {
        out.text({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
        return exit_done;
    }
    const auto record = events::read_record(*bytes);
    if (!record) return tl::make_unexpected(record.error());
    const auto object = record_json(*record, *bytes);
    if (!object) return tl::make_unexpected(object.error());
    if (out.json()) {
        out.document(*object);
        return exit_done;
    }
    std::vector<std::pair<std::string, Cell>> facts;
    for (const auto& [name, value] : object->items()) {
        if (value.is_null() || name == "data") continue;
        facts.emplace_back(name, Cell{value.is_string() ? value.get<std::string>() : value.dump()});
    }
    print_facts(out, facts);
    out.line("data");
    for (const auto& [name, value] : (*object)["data"].items()) {
        print_facts(out, {{"  " + name, {value.is_string() ? value.get<std::string>() : value.dump()}}});
    }
    return exit_done;
}

Result<int> show(Context& context, const RangeInput& in) {
    auto ledger = context.ledger();
    if (!ledger) return tl::make_unexpected(std::move(ledger.error()));
    const auto last = last_position(context, **ledger);
    if (!last) return tl::make_unexpected(last.error());
    if (in.position) {
        const auto position = static_cast<Position>(*in.position);
        if (position > *last) {
            return fail(ErrorKind::not_found, "position " + std::to_string(position) + ": the log ends at " +
                                                  std::to_string(*last));
        }
        return print_one(context, **ledger, position, in.raw);
    }
    if (in.raw) return fail(ErrorKind::invalid_input, "--raw needs a position");
    Range range{static_cast<Position>(in.from.value_or(1)), *last};
    if (in.to) range.to = std::min(range.to, static_cast<Position>(*in.to));
    return print_range(context, **ledger, in, range);
}

Result<int> tail(Context& context, std::int64_t count) {
    auto ledger = context.ledger();
    if (!ledger) return tl::make_unexpected(std::move(ledger.error()));
    const auto last = last_position(context, **ledger);
    if (!last) return tl::make_unexpected(last.error());
    const auto wanted = static_cast<Position>(count);
    return print_range(context, **ledger, {}, {*last > wanted ? *last - wanted + 1 : 1, *last});
}

/// Writes to FILE through a name beside it, so that a file is whole or not there.
Result<int> export_to_file(engine::Ledger& ledger, Position last, const std::string& path, Output& out) {
    std::error_code why;
    if (std::filesystem::exists(std::filesystem::symlink_status(path, why))) {
        return fail(ErrorKind::invalid_input,
                    "file " + path + ": exists; an export does not replace anything");
    }
    const std::string part = path + ".part";
    std::FILE* file = std::fopen(part.c_str(), "wbx");
    const auto failed = [&](int reason) {
        return fail(ErrorKind::outside, "file " + part + ": " + std::strerror(reason));
    };
    if (file == nullptr && errno == EEXIST) {
        return fail(ErrorKind::invalid_input,
                    "file " + part + ": is left of an export that was broken off; remove it");
    }
    if (file == nullptr) return failed(errno);
    std::optional<Error> fault;
    bool written = true;
    const auto read = ledger.store().read_all(1, last, [&](const auto& record, auto bytes) {
        const auto line = events::json::record_to_json(record, store::tlog::leaf_hash(bytes));
        if (!line) {
            fault = line.error();
            return false;
        }
        written =
            std::fwrite(line->data(), 1, line->size(), file) == line->size() && std::fputc('\n', file) != EOF;
        if (record.position % 4'096 == 0) out.progress("exporting", record.position, last);
        return written;
    });
    out.end_progress();
    int reason = written ? 0 : errno;
    if (std::fclose(file) != 0 && reason == 0) reason = errno;
    const bool whole = read && !fault && reason == 0;
    if (whole && std::rename(part.c_str(), path.c_str()) == 0) return exit_done;
    if (whole) reason = errno;
    std::remove(part.c_str());
    if (!read) return tl::make_unexpected(read.error());
    if (fault) return tl::make_unexpected(*fault);
    return failed(reason);
}

Result<int> export_log(Context& context, const std::string& path) {
    auto ledger = context.ledger();
    if (!ledger) return tl::make_unexpected(std::move(ledger.error()));
    const auto last = last_position(context, **ledger);
    if (!last) return tl::make_unexpected(last.error());
    Output& out = context.out();
    if (!path.empty() && path != "-") {
        auto done = export_to_file(**ledger, *last, path, out);
        if (done && out.json()) {
            out.document({{"file", path}, {"records", *last}});
        } else if (done) {
            out.line(std::to_string(*last) + " records to " + path);
        }
        return done;
    }
    std::optional<Error> fault;
    const auto read = (*ledger)->store().read_all(1, *last, [&](const auto& record, auto bytes) {
        const auto line = events::json::record_to_json(record, store::tlog::leaf_hash(bytes));
        if (line) {
            out.line(*line);
        } else {
            fault = line.error();
        }
        return line.has_value();
    });
    if (!read) return tl::make_unexpected(read.error());
    if (fault) return tl::make_unexpected(*fault);
    return exit_done;
}

Result<int> import_log(Context& context, const std::string& path) {
    if (auto good = engine::Ledger::check_url(context.globals().ledger); !good)
        return tl::make_unexpected(std::move(good.error()));
    Output& out = context.out();
    auto imported = audit::import_log(context.globals().ledger, path, [&](std::uint64_t lines) {
        out.progress("importing, lines", lines, lines);
    });
    out.end_progress();
    if (!imported) return tl::make_unexpected(std::move(imported.error()));
    if (out.json()) {
        out.document({{"ledger", context.globals().ledger},
                      {"position", imported->size},
                      {"root", events::to_base64(imported->root)}});
    } else {
        print_facts(out, {{"ledger", {context.globals().ledger, Style::strong}},
                          {"records", {std::to_string(imported->size)}},
                          {"root", {events::to_base64(imported->root)}}});
    }
    return exit_done;
}

}  // namespace

void describe_log(Command& noun) {
    auto range = std::make_shared<RangeInput>();
    Command show_verb = noun.verb("show", "One record, or many");
    show_verb.argument("POSITION", "The one record (default: all)", into(range->position, 1));
    show_verb.flag("--raw", "The record's octets as they are hashed", range->raw);
    show_verb.option("--from", "POSITION", "From here", into(range->from, 1));
    show_verb.option("--to", "POSITION", "Up to here", into(range->to, 1));
    show_verb.option("--stream", "STREAM", "Only this stream, such as certificate-k1", into(range->stream));
    show_verb.option("--type", "EVENT", "Only this type of event",
                     into(range->type, events::from_name<events::EventType>, "is no type of event"));
    show_verb.example("certledger log show 12");
    show_verb.example("certledger log show --stream certificate-k1 --json");
    show_verb.example("certledger log show 12 --raw | sha256sum");
    show_verb.query([range](Context& context) { return show(context, *range); });

    auto count = std::make_shared<std::optional<std::int64_t>>();
    Command tail_verb = noun.verb("tail", "The newest records");
    tail_verb.option("-n,--lines", "N", "How many (default: 10)", into(*count, 1));
    tail_verb.example("certledger log tail -n 20");
    tail_verb.query([count](Context& context) { return tail(context, count->value_or(10)); });

    auto to = std::make_shared<std::string>();
    Command export_verb = noun.verb("export", "Every record as JSON Lines");
    export_verb.argument("FILE", "Where to (default: standard output)", into(*to)).path();
    export_verb.example("certledger log export log.jsonl");
    export_verb.query([to](Context& context) { return export_log(context, *to); });

    auto from = std::make_shared<std::string>();
    Command import_verb =
        noun.verb("import", "Make a ledger out of an export: same positions, octets and root");
    import_verb.argument("FILE", "Where from; - for standard input", into(*from)).required().path();
    import_verb.note(
        "Needs a path with no ledger. The new ledger has new keys: what was sealed stays sealed.");
    import_verb.example("certledger --ledger ./copy log import log.jsonl");
    import_verb.run([from](Context& context) { return import_log(context, *from); });
}

}  // namespace certledger::cli
