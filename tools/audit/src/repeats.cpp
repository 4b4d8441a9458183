#include "repeats.hpp"

#include <algorithm>
#include <queue>

namespace certledger::audit {

/// Reads one sorted run of the file, or what is left in memory, a piece at a time.
class Repeats::Run {
  public:
    /// `piece`: so many are read at a time.
    Run(std::FILE* file, std::size_t begin, std::size_t count, std::size_t piece)
        : file_(file), next_(begin), left_(count), most_(piece) {}
    explicit Run(std::vector<Seen> all) : piece_(std::move(all)) {}

    [[nodiscard]] bool at_end() const { return at_ == piece_.size() && left_ == 0; }
    [[nodiscard]] const Seen& top() const { return piece_[at_]; }

    /// To the next one; false when the file does not read.
    bool advance() {
        if (++at_ < piece_.size()) return true;
        return fill();
    }
    bool fill() {
        piece_.resize(std::min(most_, left_));
        at_ = 0;
        if (piece_.empty()) return true;
        if (std::fseek(file_, static_cast<long>(next_ * sizeof(Seen)), SEEK_SET) != 0) return false;
        if (std::fread(piece_.data(), sizeof(Seen), piece_.size(), file_) != piece_.size()) return false;
        next_ += piece_.size();
        left_ -= piece_.size();
        return true;
    }

  private:
    std::FILE* file_ = nullptr;
    std::size_t next_ = 0;
    std::size_t left_ = 0;
    std::size_t most_ = 0;
    std::vector<Seen> piece_;
    std::size_t at_ = 0;
};

void Repeats::add(std::uint64_t fingerprint, store::Position position) {
    if (seen_.size() == most_) spill();
    seen_.push_back({fingerprint, position});
}

void Repeats::spill() {
    std::sort(seen_.begin(), seen_.end());
    if (!file_) file_.reset(std::tmpfile());
    failed_ = failed_ || !file_ ||
              std::fwrite(seen_.data(), sizeof(Seen), seen_.size(), file_.get()) != seen_.size();
    runs_.push_back(seen_.size());
    seen_.clear();
}

bool Repeats::finish(const std::function<void(store::Position, store::Position)>& told) {
    if (failed_ || (file_ && std::fflush(file_.get()) != 0)) return false;
    std::sort(seen_.begin(), seen_.end());
    std::vector<Run> runs;
    std::size_t begin = 0;
    const std::size_t piece = std::clamp<std::size_t>(most_ / (runs_.size() + 1), 64, 4'096);
    for (const std::size_t count : runs_) {
        if (!runs.emplace_back(file_.get(), begin, count, piece).fill()) return false;
        begin += count;
    }
    runs.emplace_back(std::move(seen_));
    seen_.clear();
    const auto later = [&](std::size_t a, std::size_t b) { return runs[b].top() < runs[a].top(); };
    std::priority_queue<std::size_t, std::vector<std::size_t>, decltype(later)> order(later);
    for (std::size_t i = 0; i < runs.size(); ++i) {
        if (!runs[i].at_end()) order.push(i);
    }
    std::optional<Seen> before;
    while (!order.empty()) {
        const std::size_t run = order.top();
        order.pop();
        const Seen next = runs[run].top();
        if (before && before->fingerprint == next.fingerprint) {
            told(before->position, next.position);
        } else {
            before = next;
        }
        if (!runs[run].advance()) return false;
        if (!runs[run].at_end()) order.push(run);
    }
    return true;
}

}  // namespace certledger::audit
