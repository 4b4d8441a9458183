#include "soak/victim.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <certledger/events/json/json.hpp>
#include <optional>

#include "measure/sheet.hpp"
#include "workload/random.hpp"

extern char** environ;

namespace certledger::bench {
namespace {

/// A child that talks over a socket: writing to one that is dead is an error then and no signal.
class Child {
  public:
    Child(const std::string& program, const std::string& ledger) {
        int ends[2] = {-1, -1};
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
            throw Failure({ErrorKind::outside, "soak: no socket for the second process"});
        ours_ = ends[0];
        posix_spawn_file_actions_t actions;
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDIN_FILENO);
        ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
        ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
        std::vector<std::string> words{program, "--ledger", ledger, "--actor", "victim", "exec"};
        std::vector<char*> argv;
        for (auto& word : words) argv.push_back(word.data());
        argv.push_back(nullptr);
        const int failed = ::posix_spawn(&pid_, program.c_str(), &actions, nullptr, argv.data(), environ);
        ::posix_spawn_file_actions_destroy(&actions);
        ::close(ends[1]);
        if (failed == 0) return;
        ::close(ours_);
        throw Failure({ErrorKind::outside, "soak: " + program + " cannot be started"});
    }
    Child(const Child&) = delete;
    Child& operator=(const Child&) = delete;
    ~Child() {
        kill();
        ::close(ours_);
    }

    bool say(const std::string& text) {
        return ::send(ours_, text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size());
    }
    /// What it has said so far, waiting a while for the first of it; nothing at its end.
    std::optional<std::string> hear(int milliseconds) {
        pollfd ready{ours_, POLLIN, 0};
        if (::poll(&ready, 1, milliseconds) <= 0) return std::string();
        char octets[16'384];
        const ssize_t size = ::recv(ours_, octets, sizeof octets, 0);
        if (size <= 0) return std::nullopt;
        return std::string(octets, static_cast<std::size_t>(size));
    }
    /// The way in which no process can look after itself.
    void kill() {
        if (pid_ <= 0) return;
        ::kill(pid_, SIGKILL);
        int status = 0;
        while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
        }
        pid_ = 0;
    }

  private:
    pid_t pid_ = 0;
    int ours_ = -1;
};

std::string order_line(std::uint64_t number) {
    const std::string id = std::to_string(number);
    return R"({"id":"victim-)" + id + R"(","command":"buy-certificate","certificate":"victim-)" + id +
           R"(","product":{"brand":"orchard","level":"dv","kind":"single","names_max":1,"term_years":1},"names":["v)" +
           id + R"(.example.org"],"price":"10.00 USD"})" + "\n";
}

/// Takes the whole lines out of `heard` and keeps what they answer.
void take_answers(SoakRun& run, std::string& heard) {
    std::size_t begin = 0;
    for (std::size_t end = heard.find('\n'); end != std::string::npos; end = heard.find('\n', begin)) {
        const auto answer = events::json::Json::parse(heard.substr(begin, end - begin), nullptr, false);
        begin = end + 1;
        if (answer.is_discarded() || !answer.value("ok", false)) {
            run.fault("the second process answered what is no acceptance: " + answer.dump());
            continue;
        }
        for (const auto& event : answer["events"])
            run.answered(event["stream"], event["version"], event["position"]);
        run.count("commands of the second process");
    }
    heard.erase(0, begin);
}

/// One life: some orders, then its end.
void one_life(SoakRun& run, Child& child, Random& random, std::uint64_t& number) {
    const std::uint64_t lines = 5 + random.below(60);
    std::string heard;
    for (std::uint64_t i = 0; i < lines && !run.over(); ++i) {
        if (!child.say(order_line(++number))) break;
        // Sometimes it is waited for, sometimes it has the next order already.
        const auto more = child.hear(random.percent(50) ? 50 : 0);
        if (!more) break;
        heard += *more;
        take_answers(run, heard);
    }
    child.kill();
    // What it had said before holds as well.
    for (auto more = child.hear(0); more && !more->empty(); more = child.hear(0)) heard += *more;
    take_answers(run, heard);
    run.count("kills");
}

}  // namespace

void run_victim(SoakRun& run, const std::string& program, const std::string& ledger, std::uint64_t seed) {
    Random random(seed);
    std::uint64_t number = 0;
    while (!run.over()) {
        Child child(program, ledger);
        one_life(run, child, random, number);
        if (run.over_within(std::chrono::milliseconds(200))) break;
    }
}

}  // namespace certledger::bench
