// Questions to the views, in process and warm, against a bare LMDB read of the same row.
#include <certledger/domain/state.hpp>
#include <certledger/events/codec.hpp>
#include <certledger/projections/views.hpp>
#include <certledger/tools/engine/ledger.hpp>

#include "benches/benches.hpp"
#include "measure/sheet.hpp"
#include "raw/lmdb_log.hpp"
#include "workload/random.hpp"

namespace certledger::bench {
namespace {

constexpr std::size_t kSamples = 2'000;
/// Questions that take longer are asked less often.
constexpr std::size_t kFew = 200;
constexpr std::size_t kPage = 50;

/// A certificate to ask about.
struct Subject {
    events::AccountId account;
    events::CertificateId id;
    std::string name;
    events::Instant created_at;
};

/// Certificates that are in the list, from all over the log.
std::vector<Subject> pick_subjects(const store::EventStore& log, const projections::Moment& moment,
                                   std::uint64_t seed) {
    Random random(seed);
    std::vector<Subject> subjects;
    const store::Position end = log.head().position;
    for (std::size_t tries = 0; subjects.size() < kSamples && tries < kSamples * 20; ++tries) {
        Subject subject;
        const store::Position position = 1 + random.below(end);
        sure(log.read_all(position, position, [&](const events::RecordView& record, auto) {
            if (events::certificate_event(record.type)) {
                subject.account.value = record.account;
                subject.id.value = events::id_part(record.stream);
            }
            return false;
        }));
        if (subject.id.empty()) continue;
        const auto item = moment.certificate(subject.account, subject.id);
        if (!item) continue;
        subject.name = item->names.front();
        subject.created_at = item->created_at;
        subjects.push_back(std::move(subject));
    }
    if (subjects.empty()) throw Failure({ErrorKind::not_found, "query: the ledger lists no certificate"});
    return subjects;
}

/// What a person looks for: everything below the name that was registered. Public suffixes have short labels
/// here, registered names do not.
std::string suffix_of(const std::string& name) {
    constexpr std::size_t shortest = 6;
    const auto dot = name.find('.');
    const auto next = name.find('.', dot + 1);
    const bool below = next != std::string::npos && next - dot > shortest;
    return "*." + (below ? name.substr(dot + 1) : name);
}

class Asker {
  public:
    Asker(Sheet& sheet, engine::Ledger& ledger, const std::vector<Subject>& subjects)
        : sheet_(sheet),
          log_(ledger.store()),
          views_(*sure(ledger.views())),
          subjects_(subjects),
          now_(ledger.query_now()) {}

    void ask_all() {
        each("point", kSamples, [&](const Subject& s) { good(look(head(), s)); });
        const auto held = head();
        each("held", kSamples, [&](const Subject& s) { good(look(held, s)); });
        each("point_item", kSamples,
             [&](const Subject& s) { good(head().certificate(s.account, s.id).has_value()); });
        each("page", kSamples, [&](const Subject& s) {
            std::size_t seen = 0;
            static_cast<void>(
                sure(held.visit_list(s.account, page_from(s),
                                     [&](const projections::Card& card) { seen += read_in_place(card); })));
            good(seen > 0);
        });
        each("page_items", kSamples,
             [&](const Subject& s) { good(!sure(head().list(s.account, page_from(s))).items.empty()); });
        each("suffix", kFew, [&](const Subject& s) {
            projections::ListQuery query;
            query.domain = suffix_of(s.name);
            query.limit = kPage;
            const auto page = sure(head().list(s.account, query));
            // The registered name itself is not below itself.
            good(!page.items.empty() || *query.domain == "*." + s.name);
        });
        each("expiring", kFew, [&](const Subject& s) {
            projections::ListQuery query;
            query.expiring_within_seconds = 30 * events::kSecondsPerDay;
            query.sort = projections::ListSort::not_after;
            query.limit = kPage;
            static_cast<void>(sure(head().list(s.account, query)));
        });
        each("counts", kFew, [&](const Subject& s) { good(!head().counts(s.account, false).items.empty()); });
        each("progress", kSamples,
             [&](const Subject& s) { good(head().progress(s.account, s.id).has_value()); });
        const store::Position end = log_.head().position;
        each("as_of", kFew, [&](const Subject& s) {
            projections::QueryPoint point{now_, projections::AsOf{end - end / 100}, std::nullopt};
            static_cast<void>(sure(views_.moment_of(point, s.id)).progress(s.account, s.id));
        });
        each("stream", kSamples, [&](const Subject& s) { load(s); });
    }

  private:
    [[nodiscard]] projections::Moment head() const {
        return sure(views_.moment({now_, std::nullopt, std::nullopt}));
    }

    /// What a person sees first of a certificate: its id, names, status and instants.
    static std::size_t read_in_place(const projections::Card& card) {
        std::size_t seen = card.certificate().size() + static_cast<std::size_t>(card.status());
        card.each_name([&](std::string_view ascii, std::string_view) { seen += ascii.size(); });
        const auto end = card.not_after();
        return seen + (end > card.created_at() ? 1 : 0);
    }

    static bool look(const projections::Moment& moment, const Subject& subject) {
        std::size_t seen = 0;
        return moment
                   .visit_certificate(subject.account, subject.id,
                                      [&](const projections::Card& card) { seen = read_in_place(card); })
                   .has_value() &&
               seen > 0;
    }

    static projections::ListQuery page_from(const Subject& subject) {
        projections::ListQuery query;
        query.created_since = subject.created_at;
        query.limit = kPage;
        return query;
    }

    static void good(bool found) {
        if (!found) throw Failure({ErrorKind::damaged, "query: an answer lacks what the ledger holds"});
    }

    void load(const Subject& subject) const {
        domain::CertificateState state;
        sure(log_.read_stream(events::stream_of(subject.id).value, 1, UINT64_MAX, store::Direction::forward,
                              [&](const events::RecordView& record, auto) {
                                  const auto event =
                                      sure(events::decode_event(record.type, record.schema, record.payload));
                                  domain::evolve(state, event, record.occurred_at, subject.account);
                                  return true;
                              }));
        good(state.exists() && !state.broken);
    }

    template <class Ask>
    void each(const char* name, std::size_t most, Ask&& ask) {
        const std::size_t count = std::min(most, subjects_.size());
        // Unmeasured first, as bare LMDB is asked too: what is measured is warm.
        for (std::size_t i = 0; i < count; ++i) ask(subjects_[i]);
        std::vector<double> micros;
        micros.reserve(count);
        for (std::size_t i = 0; i < count; ++i)
            micros.push_back(1e6 * seconds_of([&] { ask(subjects_[i]); }));
        sample_latencies(sheet_, name, std::move(micros));
    }

    Sheet& sheet_;
    const store::EventStore& log_;
    const projections::Views& views_;
    const std::vector<Subject>& subjects_;
    const events::Instant now_;
};

void declare(Sheet& sheet) {
    declare_latencies(sheet, "raw_get", "bare LMDB: id to row, row read", true);
    declare_latencies(sheet, "point", "one certificate by id, read where it lies", false);
    declare_latencies(sheet, "held", "the same in a snapshot that is held", false);
    declare_latencies(sheet, "point_item", "one certificate by id, a copy of it", false);
    declare_latencies(sheet, "raw_page", "bare LMDB: 50 entries of the index by creation, read", true);
    declare_latencies(sheet, "page", "a page of 50 by creation, read where it lies, snapshot held", false);
    declare_latencies(sheet, "page_items", "the same from no snapshot to a copy of every item", false);
    declare_latencies(sheet, "suffix", "a page of 50 by the end of a name", false);
    declare_latencies(sheet, "expiring", "a page of 50 that expire within 30 days", false);
    declare_latencies(sheet, "counts", "counts by status", false);
    declare_latencies(sheet, "progress", "progress of one certificate", false);
    declare_latencies(sheet, "as_of", "progress of one certificate 1 % of the log ago", false);
    declare_latencies(sheet, "stream", "one stream loaded and folded", false);
    sheet.ratio("page_cost", "page, p50 / bare LMDB", "page_p50", "raw_page_p50");
    sheet.ratio("page_cost_p99", "page, p99 / bare LMDB", "page_p99", "raw_page_p99");
    sheet.ratio("point_cost", "point, p50 / bare LMDB", "point_p50", "raw_get_p50");
}

/// The limit, asked as the engine is: each question once before.
template <class Ask>
void measure_raw(Sheet& sheet, const char* name, const std::vector<Subject>& subjects, const Ask& ask) {
    for (const auto& subject : subjects) static_cast<void>(ask(subject));
    std::vector<double> micros;
    for (const auto& subject : subjects) {
        bool found = false;
        micros.push_back(1e6 * seconds_of([&] { found = ask(subject); }));
        if (!found) throw Failure({ErrorKind::damaged, "query: a certificate has no row"});
    }
    sample_latencies(sheet, name, std::move(micros));
}

/// Where the certificate's page begins in the index by creation.
std::string page_key(const Subject& subject) {
    std::string made;
    projections::key::append_account(made, subject.account.value);
    projections::key::append(made, subject.created_at);
    return made;
}

}  // namespace

Section bench_query(const Bed& bed) {
    Sheet sheet("query", "Questions in process, warm");
    declare(sheet);
    const auto folder = bed.ledger();
    std::vector<Subject> subjects;
    {
        bed.say("query: bringing the views up");
        auto ledger = sure(engine::Ledger::open(folder.string(), {}));
        const auto* views = sure(ledger.views());
        sheet.size("certificates", bed.options.certificates);
        sheet.size("events", ledger.store().head().position);
        subjects = pick_subjects(ledger.store(),
                                 sure(views->moment({ledger.query_now(), std::nullopt, std::nullopt})),
                                 bed.options.seed);
    }
    sheet.size("questions", subjects.size());
    for (std::size_t round = 0; round < bed.options.rounds; ++round) {
        bed.say("query: round " + std::to_string(round + 1));
        {
            RawReader reader(folder / "views" / "views.mdb", "ids", "certificates", "index-1");
            measure_raw(sheet, "raw_get", subjects, [&](const Subject& s) { return reader.get(s.id.value); });
            measure_raw(sheet, "raw_page", subjects,
                        [&](const Subject& s) { return reader.page(page_key(s), kPage) > 0; });
        }
        auto ledger = sure(engine::Ledger::open(folder.string(), {}));
        Asker(sheet, ledger, subjects).ask_all();
    }
    return sheet.section();
}

}  // namespace certledger::bench
