#include "support/disk.hpp"

#include <algorithm>
#include <stdexcept>

namespace certledger::durability {
namespace {

std::string folder_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

/// Puts part of a change into a file's content.
void put(std::string& content, const Disk::Change& change, std::size_t from, std::size_t to) {
    const std::size_t end = change.offset + to;
    if (content.size() < end) content.resize(end, '\0');
    std::copy_n(change.octets.data() + from, to - from, content.data() + change.offset + from);
}

void put_whole(std::string& content, const Disk::Change& change) {
    if (change.resize) {
        content.resize(change.offset, '\0');
    } else {
        put(content, change, 0, change.octets.size());
    }
}

/// A coin that falls the same way whenever it is asked the same.
bool coin(std::uint64_t seed, std::uint64_t a, std::uint64_t b, std::uint64_t c) {
    std::uint64_t value = seed * 0x9E3779B97F4A7C15U + a * 0xBF58476D1CE4E5B9U + b * 0x94D049BB133111EBU + c;
    value ^= value >> 31U;
    value *= 0xD6E8FEB86659FD93U;
    value ^= value >> 32U;
    return (value & 1U) != 0;
}

}  // namespace

std::size_t Disk::Change::sectors() const {
    if (resize) return 1;
    if (octets.empty()) return 0;
    return (offset + octets.size() - 1) / kSector - offset / kSector + 1;
}

std::pair<std::size_t, std::size_t> Disk::Change::part(std::size_t sector) const {
    const std::uint64_t begin = (offset / kSector + sector) * kSector;
    const std::uint64_t from = std::max(begin, offset);
    const std::uint64_t to = std::min(begin + kSector, offset + octets.size());
    return {from - offset, to - offset};
}

void Disk::apply(Names& names, const NameChange& change) {
    if (!change.removed.empty()) names.erase(change.removed);
    if (!change.added.empty()) names[change.added] = change.file;
}

void Disk::change_name(NameChange change) {
    apply(names_, change);
    name_changes_.push_back(std::move(change));
}

int Disk::node_at(const std::string& path) const {
    const auto found = names_.find(path);
    if (found == names_.end()) throw std::runtime_error("the trace speaks of an unknown file: " + path);
    return found->second;
}

void Disk::take(const Recorded& step) {
    switch (step.step) {
        case Step::make:
            files_.emplace_back();
            change_name({folder_of(step.path), "", step.path, static_cast<int>(files_.size()) - 1});
            break;
        case Step::make_folder:
            change_name({folder_of(step.path), "", step.path, -1});
            break;
        case Step::rename:
            change_name({folder_of(step.path), step.path, step.octets, node_at(step.path)});
            break;
        case Step::link:
            change_name({folder_of(step.octets), "", step.octets, node_at(step.path)});
            break;
        case Step::unlink:
            change_name({folder_of(step.path), step.path, "", -1});
            break;
        case Step::write:
        case Step::sync_write:
        case Step::resize: {
            File& file = files_[static_cast<std::size_t>(node_at(step.path))];
            file.unsynced.push_back({step.offset, step.octets, step.step == Step::resize});
            file.written.reset();
            break;
        }
        case Step::sync:
            sync(step.path);
            break;
        case Step::output:
        case Step::fault:
            break;
    }
}

void Disk::complete(const Recorded& step) {
    File& file = files_[static_cast<std::size_t>(node_at(step.path))];
    std::string content = *file.durable;
    put_whole(content, file.unsynced.back());
    file.durable = std::make_shared<const std::string>(std::move(content));
    file.unsynced.pop_back();
    file.written.reset();
}

void Disk::sync(const std::string& path) {
    const auto found = names_.find(path);
    if (path.empty() || (found != names_.end() && found->second < 0)) {
        const auto kept = std::stable_partition(name_changes_.begin(), name_changes_.end(),
                                                [&](const auto& change) { return change.folder != path; });
        for (auto change = kept; change != name_changes_.end(); ++change) apply(durable_names_, *change);
        name_changes_.erase(kept, name_changes_.end());
        return;
    }
    File& file = files_[static_cast<std::size_t>(node_at(path))];
    Outcome all;
    file.durable = content(node_at(path), all);
    file.unsynced.clear();
    file.written.reset();
}

int Disk::file_of(const Recorded& step) const {
    const auto found = names_.find(step.path);
    return found == names_.end() ? -1 : found->second;
}

const std::vector<Disk::Change>& Disk::unsynced(int file) const {
    return files_[static_cast<std::size_t>(file)].unsynced;
}

Content Disk::content(int number, const Outcome& outcome) const {
    const File& file = files_[static_cast<std::size_t>(number)];
    if (file.unsynced.empty()) return file.durable;
    const bool told = outcome.file == number && outcome.chance == 0;
    if (!told && outcome.chance == 0) {
        if (!outcome.written) return file.durable;
        if (!file.written) {
            std::string all = *file.durable;
            for (const Change& change : file.unsynced) put_whole(all, change);
            file.written = std::make_shared<const std::string>(std::move(all));
        }
        return file.written;
    }
    std::string some = *file.durable;
    for (std::size_t i = 0; i < file.unsynced.size(); ++i) {
        const Change& change = file.unsynced[i];
        for (std::size_t sector = 0; sector < change.sectors(); ++sector) {
            const bool there = told ? outcome.sectors[i][sector]
                                    : coin(outcome.chance, static_cast<std::uint64_t>(number), i, sector);
            if (!there) continue;
            if (change.resize) {
                put_whole(some, change);
            } else {
                const auto [from, to] = change.part(sector);
                put(some, change, from, to);
            }
        }
    }
    if (told && outcome.whole_length) {
        Outcome all;
        some.resize(std::max(some.size(), content(number, all)->size()), '\0');
    }
    return std::make_shared<const std::string>(std::move(some));
}

Image Disk::image(const Outcome& outcome) const {
    Names names = durable_names_;
    for (std::size_t i = 0; i < std::min(outcome.names, name_changes_.size()); ++i)
        apply(names, name_changes_[i]);
    Image image;
    for (const auto& [path, file] : names) {
        const std::string folder = folder_of(path);
        // A name in a folder that is not there is nowhere.
        if (!folder.empty() && image.find(folder) == image.end()) continue;
        image[path] = file < 0 ? nullptr : content(file, outcome);
    }
    return image;
}

Image Disk::present() const {
    Outcome all;
    all.names = name_changes_.size();
    return image(all);
}

}  // namespace certledger::durability
