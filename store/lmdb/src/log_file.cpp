#include "log_file.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <certledger/events/contract.hpp>
#include <certledger/events/little_endian.hpp>
#include <certledger/store/lmdb/boot.hpp>
#include <certledger/store/tlog/hash.hpp>

#include "redo.hpp"

namespace certledger::store::lmdb {

using events::append_number;
using events::load_number;

namespace {

constexpr std::string_view kFormatKey = "format";
constexpr std::string_view kEdgeKey = "edge";
constexpr std::string_view kRedoKey = "redo";
constexpr std::string_view kCommits = "commits";

tl::unexpected<Error> damaged(const std::string& rule) { return fail(ErrorKind::damaged, "log: " + rule); }

events::Bytes encode_end(const LogEnd& end) {
    events::Bytes octets;
    append_number(octets, end.head.recorded_at.micros);
    const events::Bytes edge = end.edge.serialise();
    octets.insert(octets.end(), edge.begin(), edge.end());
    append_number(octets, events::crc32c(octets));
    return octets;
}

/// The octets of `edge` without their checksum, which holds.
Result<Octets> checked_end(const Transaction& transaction, Database main) {
    auto value = transaction.get(main, octets_of(kEdgeKey));
    if (!value) return tl::make_unexpected(value.error());
    if (!*value) return damaged("the record of its end is missing");
    const Octets octets = **value;
    if (octets.size() < 8 + 8 + 4) return damaged("the record of its end is too short");
    const Octets body = octets.first(octets.size() - 4);
    if (load_number<std::uint32_t>(octets.data() + body.size()) != events::crc32c(body))
        return damaged("the checksum of its end does not match");
    return body;
}

/// Whether its records lead from the log's end to that behind it. If not, a power cut tore the commit before
/// anybody was answered.
bool is_whole(const Redo& redo, LogEnd end) {
    const auto commit = CommitView::read(redo.first, redo.value);
    if (!commit) return false;
    for (Position position = commit->first(); position < commit->end(); ++position) {
        const auto octets = commit->record(position);
        if (!octets) return false;
        const auto record = events::read_record(*octets);
        if (!record || record->position != position) return false;
        end.edge.append(tlog::leaf_hash(*octets));
        end.head = {position, record->recorded_at};
    }
    const events::Bytes behind = encode_end(end);
    return std::equal(behind.begin(), behind.end(), redo.end.begin(), redo.end.end());
}

Result<void> check_format(const Environment& environment) {
    const auto transaction = environment.read();
    if (!transaction) return tl::make_unexpected(transaction.error());
    const std::string file = environment.file().string();
    if (transaction->id() == 0) return fail(ErrorKind::not_found, file + ": nothing was ever written to it");
    const auto format = transaction->get(environment.main(), octets_of(kFormatKey));
    if (!format) return tl::make_unexpected(format.error());
    const std::string found = *format ? std::string(text_of(**format)) : "";
    if (found != kLogFormat) {
        return fail(ErrorKind::damaged,
                    file + ": its format is '" + found + "', must be '" + std::string(kLogFormat) + "'");
    }
    return {};
}

}  // namespace

void ReadAhead::reached(Octets commit) noexcept {
    constexpr std::uintptr_t window = std::uintptr_t{16} << 20U;
    constexpr std::uintptr_t page = 4096;
    const auto end = reinterpret_cast<std::uintptr_t>(commit.data() + commit.size());
    // A log lies in its file in order, but for commits that took pages which were free again.
    const bool near = end <= asked_ && asked_ - end <= window;
    if (near && asked_ - end > window / 2) return;
    const std::uintptr_t from = near ? asked_ : end / page * page;
    // Behind the file's end there is nothing to read, and no harm done.
    ::madvise(reinterpret_cast<void*>(from), window, MADV_WILLNEED);
    asked_ = from + window;
}

Result<LogReader> LogReader::over(const Transaction& transaction, Database commits) {
    auto cursor = transaction.cursor(commits);
    if (!cursor) return tl::make_unexpected(cursor.error());
    return LogReader(std::move(*cursor));
}

Result<Octets> LogReader::octets(Position position) {
    if (commit_.count() == 0 || !commit_.holds(position)) {
        if (auto found = find_commit(position); !found) return tl::make_unexpected(found.error());
    }
    return commit_.record(position);
}

Result<void> LogReader::find_commit(Position position) {
    const bool follows = commit_.count() != 0 && position == commit_.end();
    const auto moved = follows ? cursor_.next() : cursor_.seek_back(integer_key(position));
    if (!moved) return tl::make_unexpected(moved.error());
    if (*moved) {
        auto commit = CommitView::read(integer_of(cursor_.key()), cursor_.value());
        if (!commit) return tl::make_unexpected(commit.error());
        commit_ = *commit;
        if (commit_.holds(position)) return {};
    }
    commit_ = {};
    return fail(ErrorKind::not_found, "log: there is no record at position " + std::to_string(position));
}

Result<void> LogReader::rest_of_commit(Position from, Position to, std::vector<Octets>& records) {
    if (auto found = find_commit(from); !found) {
        // Behind the head everything is there.
        return fail(ErrorKind::damaged, found.error().message + ", before its end");
    }
    const Position end = std::min(to + 1, commit_.end());
    records.resize(end - from);
    for (Position position = from; position < end; ++position) {
        const auto octets = commit_.record(position);
        if (!octets) return tl::make_unexpected(octets.error());
        if (octets->size() < events::kEnvelopeSize + events::kChecksumSize)
            return fail(ErrorKind::damaged, "log: the record at position " + std::to_string(position) +
                                                " is shorter than an envelope");
        records[position - from] = *octets;
    }
    return {};
}

Result<events::RecordView> LogReader::record(Position position, Octets octets) const {
    auto record = events::read_record(octets);
    if (!record) {
        return fail(ErrorKind::damaged,
                    "log, position " + std::to_string(position) + ": " + record.error().message);
    }
    if (record->position != position) {
        return fail(ErrorKind::damaged, "log, position " + std::to_string(position) +
                                            ": the record says that its position is " +
                                            std::to_string(record->position));
    }
    return record;
}

Result<LogFile> LogFile::create(const EnvironmentOptions& options) {
    auto environment = Environment::open(options);
    if (!environment) return tl::make_unexpected(environment.error());
    // In one transaction, so that no half-made log is ever seen, nor one made over that of another process.
    const Database main = (*environment)->main();
    const auto made = (*environment)->write([&](WriteTransaction& transaction) -> Result<void> {
        if (transaction.id() != 1)
            return fail(ErrorKind::invalid_input, options.file.string() + ": there is a log already");
        if (auto named = transaction.create(kCommits, KeyOrder::integers); !named)
            return tl::make_unexpected(named.error());
        if (auto put = transaction.put(main, octets_of(kFormatKey), octets_of(kLogFormat)); !put) return put;
        return transaction.put(main, octets_of(kEdgeKey), encode_end({}));
    });
    if (!made) return tl::make_unexpected(made.error());
    return attach(std::move(*environment));
}

Result<LogFile> LogFile::open(const EnvironmentOptions& options) {
    EnvironmentOptions existing = options;
    existing.create = false;
    {
        auto log = open_as_it_is(existing);
        if (!log) return log;
        const auto boot = log->boot_of_redo();
        if (!boot) return tl::make_unexpected(boot.error());
        if (!*boot) return log;
        if (!options.read_only) {
            if (auto redone = log->redo(); !redone) return tl::make_unexpected(redone.error());
            return log;
        }
        // What was answered in this boot LMDB shows: its commit is under way still, or was broken off.
        if (this_boot() == *boot) return log;
        // Closed: a process has its file open once.
    }
    existing.read_only = false;
    if (auto writable = open_as_it_is(existing); writable) {
        if (auto redone = writable->redo(); !redone) return tl::make_unexpected(redone.error());
    } else if (writable.error().kind != ErrorKind::outside) {
        return writable;
    }
    existing.read_only = true;
    return open_as_it_is(existing);
}

Result<LogFile> LogFile::open_as_it_is(const EnvironmentOptions& options) {
    auto environment = Environment::open(options);
    if (!environment) return tl::make_unexpected(environment.error());
    if (auto fits = check_format(**environment); !fits) return tl::make_unexpected(fits.error());
    return attach(std::move(*environment));
}

Result<LogFile> LogFile::attach(std::unique_ptr<Environment> environment) {
    const auto commits = environment->database(kCommits, KeyOrder::integers, false);
    if (!commits) return damaged(commits.error().message);
    LogFile log(std::move(environment), *commits);
    if (auto fits = log.end_fits(); !fits) return tl::make_unexpected(fits.error());
    return log;
}

Result<void> LogFile::end_fits() const {
    const auto transaction = environment_->read();
    if (!transaction) return tl::make_unexpected(transaction.error());
    const auto stored = end(*transaction);
    if (!stored) return tl::make_unexpected(stored.error());
    auto cursor = transaction->cursor(commits_);
    if (!cursor) return tl::make_unexpected(cursor.error());
    const auto any = cursor->last();
    if (!any) return tl::make_unexpected(any.error());
    Position last = 0;
    if (*any) {
        const auto commit = CommitView::read(integer_of(cursor->key()), cursor->value());
        if (!commit) return tl::make_unexpected(commit.error());
        last = commit->end() - 1;
    }
    if (last != stored->head.position) {
        return damaged("its last commit ends at position " + std::to_string(last) +
                       ", the record of its end says " + std::to_string(stored->head.position));
    }
    return {};
}

Result<LogEnd> LogFile::end(const Transaction& transaction) const {
    const auto body = checked_end(transaction, environment_->main());
    if (!body) return tl::make_unexpected(body.error());
    auto edge = tlog::RightEdge::parse(body->subspan(8));
    if (!edge) return tl::make_unexpected(edge.error());
    LogEnd end;
    end.head = {edge->size(), {load_number<std::int64_t>(body->data())}};
    end.edge = std::move(*edge);
    return end;
}

Result<Head> LogFile::head(const Transaction& transaction) const {
    const auto body = checked_end(transaction, environment_->main());
    if (!body) return tl::make_unexpected(body.error());
    // The edge begins with its size, big-endian.
    std::uint64_t size = 0;
    for (const std::uint8_t octet : body->subspan(8, 8)) size = size << 8U | octet;
    return Head{size, {load_number<std::int64_t>(body->data())}};
}

Result<Head> LogFile::head() const {
    const auto transaction = environment_->read();
    if (!transaction) return tl::make_unexpected(transaction.error());
    return head(*transaction);
}

Result<void> LogFile::append(WriteTransaction& transaction, const AppendPlan& plan, const LogEnd& end) const {
    const Position first = plan.stored.front().position;
    const events::Bytes end_octets = encode_end(end);
    if (auto put = transaction.put(environment_->main(), octets_of(kEdgeKey), end_octets); !put) return put;
    auto room = transaction.append_reserved(commits_, integer_key(first), commit_size(plan));
    if (!room) {
        // The end said that this position is free.
        if (room.error().kind == ErrorKind::invalid_input)
            return damaged("there is a commit behind its end at position " + std::to_string(first - 1));
        return tl::make_unexpected(room.error());
    }
    write_commit(plan, *room);
    return keep_redo(transaction, {transaction.id(), first, this_boot().value_or(events::Uuid{}),
                                   transaction.place_of(*room).value_or(0), room->size(), end_octets, *room});
}

Result<void> LogFile::keep_redo(WriteTransaction& transaction, const Redo& redo) const {
    const auto half = encode_redo(redo);
    if (!half || !environment_->durable()) return {};
    const auto room = transaction.get(environment_->main(), octets_of(kRedoKey));
    if (!room) return tl::make_unexpected(room.error());
    if (!*room || (*room)->size() != 2 * kRedoHalf) {
        // The first commit makes the room and is flushed twice.
        const auto made = transaction.reserve(environment_->main(), octets_of(kRedoKey), 2 * kRedoHalf);
        if (!made) return tl::make_unexpected(made.error());
        std::fill(made->begin(), made->end(), std::uint8_t{0});
        return {};
    }
    const auto kept = transaction.keep_in_place(
        **room, redo_half(redo.commit), *half,
        [this, number = redo.commit](WriteTransaction& undoing) { return forget_redo(undoing, number); });
    if (!kept) return tl::make_unexpected(kept.error());
    return {};
}

Result<void> LogFile::forget_redo(WriteTransaction& transaction, std::uint64_t commit) const {
    constexpr std::array<std::uint8_t, 8> zeros{};
    const auto room = transaction.get(environment_->main(), octets_of(kRedoKey));
    if (!room) return tl::make_unexpected(room.error());
    CERTLEDGER_CHECK(room->has_value());
    for (const std::uint64_t number : {commit, commit + 1}) {
        const auto redo = read_redo(**room, redo_half(number));
        // Its own half may be written in part.
        if (number != commit && (!redo || redo->commit != commit)) continue;
        if (auto done = transaction.write_in_place(**room, redo_half(number), zeros); !done) return done;
    }
    return {};
}

Result<std::vector<Redo>> LogFile::redo_behind(const Transaction& transaction, std::uint64_t commit) const {
    const auto room = transaction.get(environment_->main(), octets_of(kRedoKey));
    if (!room) return tl::make_unexpected(room.error());
    const auto present = head(transaction);
    if (!present) return tl::make_unexpected(present.error());
    std::vector<Redo> found;
    // It is in the other half too when redoing it was broken off.
    for (const std::uint64_t half : {commit, commit + 1}) {
        const auto redo = read_redo(room->value_or(Octets{}), redo_half(half));
        if (redo && redo->commit == commit && redo->first == present->position + 1) found.push_back(*redo);
    }
    return found;
}

Result<std::optional<Redo>> LogFile::whole_of(const Transaction& transaction, const std::vector<Redo>& found,
                                              events::Bytes& value) const {
    const auto present = end(transaction);
    if (!present) return tl::make_unexpected(present.error());
    for (Redo redo : found) {
        if (redo.place == 0) {
            value.assign(redo.value.begin(), redo.value.end());
        } else {
            auto octets = transaction.octets_at(redo.place, redo.size);
            if (!octets) return tl::make_unexpected(octets.error());
            if (!*octets) continue;
            value = std::move(**octets);
        }
        redo.value = value;
        if (is_whole(redo, *present)) return redo;
    }
    return std::nullopt;
}

Result<std::optional<events::Uuid>> LogFile::boot_of_redo() const {
    const auto transaction = environment_->read();
    if (!transaction) return tl::make_unexpected(transaction.error());
    return redo_behind(*transaction, transaction->id() + 1).map([](const auto& found) {
        return found.empty() ? std::nullopt : std::optional(found.front().boot);
    });
}

Result<void> LogFile::redo() const {
    // Two when the power was cut in the flush of the second, which takes the meta page of the first along.
    for (;;) {
        const auto redone = redo_next();
        if (!redone) return tl::make_unexpected(redone.error());
        if (!*redone) return {};
    }
}

Result<bool> LogFile::redo_next() const {
    return environment_->write([&](WriteTransaction& transaction) -> Result<bool> {
        const auto found = redo_behind(transaction, transaction.id());
        if (!found) return tl::make_unexpected(found.error());
        events::Bytes value;
        const auto whole = whole_of(transaction, *found, value);
        if (!whole) return tl::make_unexpected(whole.error());
        if (!*whole) return false;
        const Redo& redo = **whole;
        const events::Bytes end_octets(redo.end.begin(), redo.end.end());
        // What is kept stays: should this be interrupted, it is there for the next who opens the log.
        auto put = transaction.put(environment_->main(), octets_of(kEdgeKey), end_octets);
        if (put) put = transaction.append(commits_, integer_key(redo.first), value);
        if (put && redo.place != 0)
            put = set_aside(transaction,
                            {redo.commit, redo.first, redo.boot, redo.place, redo.size, end_octets, value});
        return put.map([] { return true; });
    });
}

Result<void> LogFile::set_aside(WriteTransaction& transaction, Redo redo) const {
    // Its pages are free for LMDB, which may write other things there before the meta page names what it
    // wrote.
    const auto aside = transaction.set_aside(redo.place, redo.value);
    if (!aside) return tl::make_unexpected(aside.error());
    if (*aside == redo.place) return {};
    redo.place = *aside;
    const auto half = encode_redo(redo);
    const auto room = transaction.get(environment_->main(), octets_of(kRedoKey));
    if (!room) return tl::make_unexpected(room.error());
    CERTLEDGER_CHECK(half.has_value() && room->has_value());
    // The other half is of the commit before, which is on the disk now, or of one that nobody was answered.
    return transaction.write_in_place(**room, redo_half(redo.commit + 1), *half);
}

Result<void> LogFile::copy_to(const std::filesystem::path& file) const {
    return environment_->copy_compact(file, [](const std::filesystem::path& draft) -> Result<void> {
        EnvironmentOptions options;
        options.file = draft;
        options.create = false;
        const auto copy = Environment::open(options);
        if (!copy) return tl::make_unexpected(copy.error());
        return (*copy)->write([&](WriteTransaction& transaction) -> Result<void> {
            // What is kept may be of a commit behind the copy, and its number the copy's next.
            const auto erased = transaction.erase((*copy)->main(), octets_of(kRedoKey));
            if (!erased) return tl::make_unexpected(erased.error());
            return {};
        });
    });
}

}  // namespace certledger::store::lmdb
