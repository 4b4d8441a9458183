#include "support/recording.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace certledger::durability {
namespace {

namespace fs = std::filesystem;

std::string octets_of_file(const fs::path& file) {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// The same length as the name of a boot.
std::string of_another_boot(std::string marker) {
    for (char& letter : marker) {
        if (letter != '-') letter = '0';
    }
    return marker;
}

void write_file(const fs::path& path, const std::string& octets) {
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    const bool written =
        file >= 0 && ::write(file, octets.data(), octets.size()) == static_cast<ssize_t>(octets.size());
    if (file >= 0) ::close(file);
    if (!written) throw std::runtime_error("cannot write " + path.string());
}

void run_all(const fs::path& disk, const fs::path& trace, const std::vector<Run>& runs,
             std::vector<Answered>& answers) {
    for (const Run& run : runs) {
        std::vector<std::string> words{"--ledger", (disk / kLedger).string(), "--actor", "ada"};
        words.insert(words.end(), run.words.begin(), run.words.end());
        Program program(words, {disk.string(), trace.string(), ""});
        converse(program, run.work, answers);
        if (const int code = program.wait(); code != 0)
            throw std::runtime_error(run.words.front() + " ended with " + std::to_string(code) + ": " +
                                     program.complaints());
    }
}

/// The model must have come to what the files really are: then the probe has seen everything.
void compare_with(const fs::path& disk, const Image& image) {
    std::size_t found = 0;
    for (const auto& entry : fs::recursive_directory_iterator(disk)) {
        const std::string path = fs::relative(entry.path(), disk).string();
        if (path.ends_with("-lock")) continue;
        ++found;
        const auto modelled = image.find(path);
        if (modelled == image.end()) throw std::runtime_error("the trace does not know " + path);
        if (entry.is_directory() != (modelled->second == nullptr))
            throw std::runtime_error("the trace takes " + path + " for something else");
        if (!entry.is_directory() && octets_of_file(entry.path()) != *modelled->second)
            throw std::runtime_error("the trace leads to another content of " + path);
    }
    if (found != image.size()) throw std::runtime_error("the trace knows files that are not there");
}

/// Follows the trace: what had been answered, and where the log then ended.
void follow(Recording& recording, const fs::path& place, const fs::path& disk_folder) {
    Disk disk;
    std::size_t answers = 0;
    Ends ends;
    std::string said;
    const fs::path scratch = place / "follow";
    for (const Recorded& step : recording.steps) {
        disk.take(step);
        if (step.step == Step::sync_write) disk.complete(step);
        if (step.path == kLog && step.step != Step::resize) {
            write_image(disk.present(), scratch);
            ends.most = log_end(scratch / kLedger);
        }
        said += step.octets.substr(0, step.step == Step::output ? std::string::npos : 0);
        for (std::size_t end = 0; (end = said.find('\n')) != std::string::npos; said.erase(0, end + 1))
            answers += said.starts_with("{\"id\":") ? 1 : 0;
        recording.answers.push_back(answers);
        if (step.path == kLog && step.step == Step::sync) ends.least = ends.most;
        recording.ends.push_back(ends);
        if (step.path == kLog && step.step == Step::sync_write) ends.least = ends.most;
    }
    fs::remove_all(scratch);
    if (answers != recording.history.answers.size())
        throw std::runtime_error("the trace has " + std::to_string(answers) + " answers");
    compare_with(disk_folder, disk.present());
}

}  // namespace

Recording record(const fs::path& place, const std::vector<Run>& runs) {
    const fs::path disk = place / "disk";
    const fs::path trace = place / "trace";
    fs::create_directories(disk);
    std::vector<Answered> answers;
    run_all(disk, trace, runs, answers);
    Recording recording;
    recording.steps = read_trace(trace);
    recording.history = read_history(disk / kLedger, std::move(answers));
    follow(recording, place, disk);
    return recording;
}

Continued record_on(const fs::path& place, const Found& found, const Run& run) {
    const fs::path disk = place / "found";
    const fs::path trace = place / "found-trace";
    write_image(found.image, disk);
    Continued continued;
    auto& [recording, begun] = continued;
    for (const auto& [path, content] : found.image) {
        const std::string folder = fs::path(path).parent_path().string();
        recording.steps.push_back({content ? Step::make : Step::make_folder, path, 0, {}});
        if (content) {
            recording.steps.push_back({Step::write, path, 0, octets_of_file(disk / path)});
            recording.steps.push_back({Step::sync, path, 0, {}});
        }
        recording.steps.push_back({Step::sync, folder, 0, {}});
    }
    begun = recording.steps.size();
    std::vector<Answered> answers;
    run_all(disk, trace, {run}, answers);
    for (Recorded& step : read_trace(trace)) recording.steps.push_back(std::move(step));
    recording.history = found.history;
    recording.answers.assign(recording.steps.size(), found.answers);
    recording.ends.assign(recording.steps.size(), Ends{found.head, found.head});
    return continued;
}

void write_image(const Image& image, const fs::path& folder) {
    fs::remove_all(folder);
    if (::mkdir(folder.c_str(), 0700) != 0) throw std::runtime_error("cannot make " + folder.string());
    for (const auto& [path, content] : image) {
        if (content == nullptr) {
            if (::mkdir((folder / path).c_str(), 0700) != 0) throw std::runtime_error("cannot make " + path);
        } else if (path.ends_with("views/marker")) {
            write_file(folder / path, of_another_boot(*content));
        } else {
            write_file(folder / path, *content);
        }
    }
}

}  // namespace certledger::durability
