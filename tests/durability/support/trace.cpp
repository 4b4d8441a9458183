#include "support/trace.hpp"

#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace certledger::durability {

std::vector<Recorded> read_trace(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    if (!in) throw std::runtime_error("cannot read " + file.string());
    const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
    std::vector<Recorded> steps;
    for (std::size_t at = 0; at < text.size();) {
        StepHeader header;
        if (text.size() - at < sizeof header) throw std::runtime_error("the trace is cut off");
        std::memcpy(&header, text.data() + at, sizeof header);
        at += sizeof header;
        if (text.size() - at < std::size_t{header.path_size} + header.octets)
            throw std::runtime_error("the trace is cut off");
        Recorded step{header.step, text.substr(at, header.path_size), header.offset, {}};
        at += header.path_size;
        step.octets = text.substr(at, header.octets);
        at += header.octets;
        steps.push_back(std::move(step));
    }
    return steps;
}

}  // namespace certledger::durability
