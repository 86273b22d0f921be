// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later

/// replay_NAME [--runs N] [--seed S] FILE_OR_FOLDER...
///
/// Runs a fuzz target without a fuzzer: every input that is named, then N mutations of them. The same arguments give the same
/// inputs. When a run ends badly, its input is left in "crash-input" in the current folder.
#include "fuzz/fuzz_input.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <unistd.h>

using namespace carma;

namespace {

constexpr std::size_t kInputBytesMax = 16U << 10U;

/// What the handler of deadly signals writes down.
const Bytes* g_current = nullptr;

void keepInput(int signal)
{
    const int file = ::open("crash-input", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file >= 0 && g_current != nullptr) {
        [[maybe_unused]] const auto written = ::write(file, g_current->data(), g_current->size());
        constexpr std::string_view message = "replay: the input is in crash-input\n";
        [[maybe_unused]] const auto told = ::write(STDERR_FILENO, message.data(), message.size());
    }
    std::signal(signal, SIG_DFL);
    std::raise(signal);
}

void run(const Bytes& input)
{
    g_current = &input;
    static_cast<void>(LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(input.data()), input.size()));
    g_current = nullptr;
}

Bytes readInput(const std::filesystem::path& path)
{
    std::ifstream file(path, std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
    return toBytes(text);
}

std::vector<Bytes> readInputs(const std::filesystem::path& path)
{
    std::vector<std::filesystem::path> names{path};
    if (std::filesystem::is_directory(path)) {
        names.clear();
        for (const auto& entry : std::filesystem::directory_iterator(path)) {
            names.push_back(entry.path());
        }
        std::ranges::sort(names); // folders come in no order, and runs must be the same everywhere
    }
    std::vector<Bytes> inputs;
    inputs.reserve(names.size());
    for (const auto& name : names) {
        inputs.push_back(readInput(name));
    }
    return inputs;
}

/// One to eight small changes: bytes, insertions, removals, and parts of other inputs.
Bytes mutate(const std::vector<Bytes>& inputs, Random& random)
{
    const auto below = [&random](std::uint64_t limit) { return limit == 0 ? 0 : static_cast<std::size_t>(random.next64() % limit); };
    Bytes input = inputs[below(inputs.size())];
    for (std::size_t i = below(8) + 1; i > 0; --i) {
        const auto at = input.begin() + static_cast<std::ptrdiff_t>(below(input.size() + 1));
        const std::size_t left = static_cast<std::size_t>(input.end() - at);
        switch (below(5)) {
        case 0:
        case 1:
            if (left != 0) {
                *at = static_cast<std::byte>(random.next64());
            }
            break;
        case 2: {
            Bytes more(below(24));
            random.fill(more);
            input.insert(at, more.begin(), more.end());
            break;
        }
        case 3: input.erase(at, at + static_cast<std::ptrdiff_t>(below(std::min<std::size_t>(left, 32) + 1))); break;
        default: {
            const Bytes& other = inputs[below(inputs.size())];
            const std::size_t from = below(other.size());
            const ByteView part = ByteView(other).subspan(from, below(std::min<std::size_t>(other.size() - from, 64) + 1));
            const Bytes copy = toBytes(part);
            input.insert(at, copy.begin(), copy.end());
        }
        }
    }
    input.resize(std::min(input.size(), kInputBytesMax));
    return input;
}

std::uint64_t numberOf(const char* text)
{
    std::uint64_t value = 0;
    std::from_chars(text, text + std::strlen(text), value);
    return value;
}

} // namespace

int main(int argc, char** argv)
{
    for (const int signal : {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL}) {
        std::signal(signal, keepInput);
    }
    std::uint64_t runs = 0;
    std::uint64_t seed = 1;
    std::vector<Bytes> inputs;
    LLVMFuzzerInitialize(&argc, &argv);
    for (int i = 1; i < argc; ++i) {
        const std::string_view word = argv[i];
        if (word == "--runs" && i + 1 < argc) {
            runs = numberOf(argv[++i]);
        } else if (word == "--seed" && i + 1 < argc) {
            seed = numberOf(argv[++i]);
        } else {
            const std::vector<Bytes> more = readInputs(argv[i]);
            inputs.insert(inputs.end(), more.begin(), more.end());
        }
    }
    if (inputs.empty()) {
        std::fprintf(stderr, "replay: there is no input\n");
        return 2;
    }
    for (const Bytes& input : inputs) {
        run(input);
    }
    fuzz::SeededRandom random(seed);
    for (std::uint64_t i = 0; i < runs; ++i) {
        run(mutate(inputs, random));
    }
    std::printf("replay: %zu inputs and %llu mutations, seed %llu\n", inputs.size(), static_cast<unsigned long long>(runs),
        static_cast<unsigned long long>(seed));
    return 0;
}
