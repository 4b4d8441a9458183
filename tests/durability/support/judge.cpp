#include "support/judge.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <certledger/events/json/json.hpp>
#include <certledger/store/lmdb/lmdb_store.hpp>
#include <certledger/tools/audit/verify.hpp>
#include <certledger/tools/evidence/keeper.hpp>
#include <certledger/tools/evidence/proofs.hpp>
#include <certledger/tools/exec/exec.hpp>
#include <sstream>
#include <stdexcept>

namespace certledger::durability {
namespace {

using events::json::OrderedJson;

/// A file without a name.
class Scrap {
  public:
    explicit Scrap(const std::string& text = {}) : file_(::memfd_create("scrap", MFD_CLOEXEC)) {
        if (file_ < 0 || ::pwrite(file_, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()))
            throw std::runtime_error("no file in memory");
    }
    Scrap(const Scrap&) = delete;
    Scrap& operator=(const Scrap&) = delete;
    ~Scrap() { ::close(file_); }
    [[nodiscard]] int descriptor() const { return file_; }
    [[nodiscard]] std::string text() const {
        std::string text(static_cast<std::size_t>(::lseek(file_, 0, SEEK_END)), '\0');
        text.resize(
            static_cast<std::size_t>(std::max<ssize_t>(0, ::pread(file_, text.data(), text.size(), 0))));
        return text;
    }

  private:
    int file_;
};

/// What exec answers to a text.
Result<std::string> ask(engine::Ledger& ledger, const std::string& text) {
    const Scrap in(text);
    const Scrap out;
    exec::ExecOptions options;
    options.actor = "ada";
    if (auto done = exec::run(ledger, in.descriptor(), out.descriptor(), options); !done)
        return tl::make_unexpected(done.error());
    return out.text();
}

/// Throws what does not hold.
class Court {
  public:
    Court(const std::filesystem::path& path, const History& history, const Promise& promise)
        : history_(history), promise_(promise), ledger_(opened(path)) {
        ledger_.keep_with(evidence::make_keeper(ledger_));
    }

    std::uint64_t run() {
        const std::uint64_t head = ledger_.store().head().position;
        verified();
        if (compared(head)) {
            keys();
            given_again(head);
        }
        if (auto closed = ledger_.close(); !closed)
            throw std::runtime_error("close: " + closed.error().message);
        if (compared_) verified();
        return head;
    }

  private:
    static engine::Ledger opened(const std::filesystem::path& path) {
        engine::LedgerOptions options;
        options.actor = "ada";
        auto ledger = engine::Ledger::open(path.string(), options);
        if (!ledger) throw std::runtime_error("open: " + ledger.error().message);
        return std::move(*ledger);
    }

    void verified() {
        const auto report = audit::verify(ledger_);
        if (!report) throw std::runtime_error("verify: " + report.error().message);
        if (!report->good()) throw std::runtime_error("verify: " + report->findings.front().message);
        const auto book = evidence::check_book(ledger_.store(), ledger_.info().path, std::nullopt);
        if (!book) throw std::runtime_error("checkpoints: " + book.error().message);
        if (!book->messages.empty()) throw std::runtime_error("checkpoints: " + book->messages.front());
    }

    /// False when there was no log, and a new one was made.
    bool compared(std::uint64_t head) {
        const auto first = ledger_.store().record(1);
        if (!first) throw std::runtime_error("record 1: " + first.error().message);
        if (promise_.may_be_missing && *first != history_.records.front()) return false;
        if (head > history_.records.size())
            throw std::runtime_error("the log goes to " + std::to_string(head) + ", there were " +
                                     std::to_string(history_.records.size()) + " records");
        std::uint64_t next = 1;
        const auto read = ledger_.store().read_all(1, head, [&](const auto&, auto octets) {
            const auto& expected = history_.records[next - 1];
            if (!std::equal(octets.begin(), octets.end(), expected.begin(), expected.end()))
                throw std::runtime_error("another record at position " + std::to_string(next));
            ++next;
            return true;
        });
        if (!read) throw std::runtime_error("read: " + read.error().message);
        ends_where_it_may(head);
        for (std::size_t i = 0; i < promise_.answers; ++i) {
            if (history_.answers[i].position > head)
                throw std::runtime_error("lost: " + history_.answers[i].answer + ", the log ends at " +
                                         std::to_string(head));
        }
        compared_ = true;
        return true;
    }

    void ends_where_it_may(std::uint64_t head) const {
        if (!promise_.heads.empty() &&
            std::find(promise_.heads.begin(), promise_.heads.end(), head) == promise_.heads.end())
            throw std::runtime_error("the log ends at " + std::to_string(head) + ", within a commit");
        if (head == 0 || head >= history_.records.size()) return;
        const std::string& last = history_.commands[head - 1];
        if (!last.empty() && last == history_.commands[head])
            throw std::runtime_error("half of command " + last + " is there");
    }

    void keys() {
        for (std::size_t i = 0; i < promise_.answers; ++i) {
            if (history_.answers[i].key_of.empty()) continue;
            const auto key = ledger_.private_key({history_.answers[i].key_of});
            if (!key) throw std::runtime_error("key: " + key.error().message);
            if (!*key) throw std::runtime_error("the key of " + history_.answers[i].key_of + " is lost");
        }
    }

    /// The last command that was answered, and the first that was not.
    void given_again(std::uint64_t head) {
        for (std::size_t i = promise_.answers; i-- > 0;) {
            const Answered& before = history_.answers[i];
            // What was refused is decided anew when it is given again.
            if (before.position == 0 || before.refused) continue;
            const auto said = again(before.line);
            if (!said.value("replayed", false) || said.at("position").get<std::uint64_t>() != before.position)
                throw std::runtime_error("answered anew: " + before.answer + " as " + said.dump());
            break;
        }
        for (std::size_t i = promise_.answers; i < history_.answers.size(); ++i) {
            const Answered& next = history_.answers[i];
            if (next.position == 0 || next.refused) continue;
            const auto said = again(next.line);
            if (said.value("replayed", false) != (next.position <= head))
                throw std::runtime_error("given again: " + said.dump());
            break;
        }
    }

    OrderedJson again(const std::string& line) {
        const auto answer = ask(ledger_, line + "\n");
        if (!answer) throw std::runtime_error("cannot be written: " + answer.error().message);
        return OrderedJson::parse(*answer);
    }

    const History& history_;
    const Promise& promise_;
    engine::Ledger ledger_;
    bool compared_ = false;
};

}  // namespace

History read_history(const std::filesystem::path& ledger, std::vector<Answered> answers) {
    store::lmdb::LmdbStoreOptions options;
    options.read_only = true;
    const auto log = store::lmdb::LmdbStore::open(ledger / "log", options);
    if (!log) throw std::runtime_error(log.error().message);
    History history;
    history.answers = std::move(answers);
    const auto read = (*log)->read_all(1, (*log)->head().position, [&](const auto& record, auto octets) {
        history.records.emplace_back(octets.begin(), octets.end());
        history.commands.emplace_back(record.command);
        return true;
    });
    if (!read) throw std::runtime_error(read.error().message);
    return history;
}

std::uint64_t log_end(const std::filesystem::path& ledger) {
    // For writing: an image is of another boot, where readers too redo what is missing.
    const store::lmdb::LmdbStoreOptions options;
    const auto log = store::lmdb::LmdbStore::open(ledger / "log", options);
    if (!log && log.error().kind == ErrorKind::not_found) return 0;
    if (!log) throw std::runtime_error(log.error().message);
    return (*log)->head().position;
}

Verdict judge(const std::filesystem::path& ledger, const History& history, const Promise& promise) {
    Verdict verdict;
    try {
        verdict.head = Court(ledger, history, promise).run();
    } catch (const std::exception& fault) {
        verdict.complaint = fault.what();
    }
    return verdict;
}

std::vector<std::string> give(const std::filesystem::path& path, const std::vector<std::string>& lines) {
    engine::LedgerOptions options;
    options.actor = "ada";
    auto ledger = engine::Ledger::open(path.string(), options);
    if (!ledger) throw std::runtime_error("open: " + ledger.error().message);
    ledger->keep_with(evidence::make_keeper(*ledger));
    const auto said = ask(*ledger, text_of({lines}));
    if (!said) throw std::runtime_error("cannot be written: " + said.error().message);
    if (auto closed = ledger->close(); !closed) throw std::runtime_error("close: " + closed.error().message);
    std::vector<std::string> answers;
    std::istringstream text(*said);
    for (std::string line; std::getline(text, line);) answers.push_back(line);
    return answers;
}

}  // namespace certledger::durability
