// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// A reconstructor that invents nothing: of the sentences before and after a lost passage it picks those that share most words with
// the other side of the gap, because what both sides speak of is most likely what stood between them.
#include <carma/plugin_abi.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace {

constexpr std::size_t kWordLeast = 4;      // shorter words say little about what a sentence is about
constexpr std::size_t kBytesMax = 4096;    // of the hypothesis, where the length of the passage is unknown
constexpr std::size_t kSentencesMax = 200; // of a side that are looked at
constexpr double kConfidenceMost = 0.5;    // words of neighbours are never the passage itself

struct Instance {
    const carma_host* host = nullptr;
    std::size_t sentences = 3;
};

using Words = std::set<std::string>;

bool isWordByte(char c) { return (static_cast<unsigned char>(c) | 32U) - 'a' < 26U || static_cast<unsigned char>(c) >= 0x80; }

Words wordsOf(std::string_view text)
{
    Words words;
    std::string word;
    for (std::size_t i = 0; i <= text.size(); ++i) {
        if (i < text.size() && isWordByte(text[i])) {
            const char c = text[i];
            word.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
            continue;
        }
        if (word.size() >= kWordLeast) {
            words.insert(word);
        }
        word.clear();
    }
    return words;
}

struct Sentence {
    std::string_view text;
    std::uint32_t neighbour = 0;
    bool before = false;
    Words words;
    double score = 0;
};

std::string_view trimmed(std::string_view text)
{
    const auto blank = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
    while (!text.empty() && blank(text.front())) {
        text.remove_prefix(1);
    }
    while (!text.empty() && blank(text.back())) {
        text.remove_suffix(1);
    }
    return text;
}

void split(const carma_text& text, std::uint32_t neighbour, bool before, std::vector<Sentence>& sentences)
{
    const std::string_view whole{text.data, static_cast<std::size_t>(text.bytes)};
    std::size_t begin = 0;
    for (std::size_t i = 0; i < whole.size() && sentences.size() < 2 * kSentencesMax; ++i) {
        const bool ends = whole[i] == '\n' ||
            ((whole[i] == '.' || whole[i] == '!' || whole[i] == '?') && (i + 1 == whole.size() || whole[i + 1] == ' '));
        if (ends || i + 1 == whole.size()) {
            if (const std::string_view found = trimmed(whole.substr(begin, i + 1 - begin)); !found.empty()) {
                sentences.push_back({.text = found, .neighbour = neighbour, .before = before, .words = wordsOf(found), .score = 0});
            }
            begin = i + 1;
        }
    }
}

std::vector<Sentence> sentencesOf(const carma_gap& gap)
{
    std::vector<Sentence> sentences;
    for (std::uint32_t i = 0; i < gap.before_count; ++i) {
        split(gap.before[i], i, true, sentences);
    }
    for (std::uint32_t i = 0; i < gap.after_count; ++i) {
        split(gap.after[i], gap.before_count + i, false, sentences);
    }
    Words before;
    Words after;
    for (const Sentence& each : sentences) {
        (each.before ? before : after).insert(each.words.begin(), each.words.end());
    }
    for (Sentence& each : sentences) {
        const Words& other = each.before ? after : before;
        const auto shared = std::ranges::count_if(each.words, [&](const std::string& word) { return other.contains(word); });
        each.score = each.words.empty() ? 0 : static_cast<double>(shared) / static_cast<double>(each.words.size());
    }
    return sentences;
}

/// The best sentences in the order of the text, as long as they fit.
std::vector<Sentence> choose(std::vector<Sentence> sentences, std::size_t most, std::uint64_t bytes)
{
    std::vector<std::size_t> order(sentences.size());
    for (std::size_t i = 0; i < order.size(); ++i) {
        order[i] = i;
    }
    std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return sentences[a].score > sentences[b].score; });
    const std::size_t room =
        bytes == 0 ? kBytesMax : std::min<std::size_t>(kBytesMax, static_cast<std::size_t>(std::min<std::uint64_t>(bytes, kBytesMax)));
    std::vector<std::size_t> chosen;
    std::size_t used = 0;
    for (const std::size_t i : order) {
        if (chosen.size() == most || sentences[i].score == 0) {
            break;
        }
        if (used + sentences[i].text.size() + 1 <= room) {
            used += sentences[i].text.size() + 1;
            chosen.push_back(i);
        }
    }
    std::ranges::sort(chosen);
    std::vector<Sentence> best;
    for (const std::size_t i : chosen) {
        best.push_back(std::move(sentences[i]));
    }
    return best;
}

std::int32_t fill(const carma_host& host, const std::vector<Sentence>& best, carma_answer& answer)
{
    std::string text;
    std::set<std::uint32_t> evidence;
    double score = 0;
    for (const Sentence& each : best) {
        text += (text.empty() ? "" : " ") + std::string(each.text);
        evidence.insert(each.neighbour);
        score += each.score;
    }
    if (best.empty()) {
        return CARMA_OK; // no text: there is no hypothesis
    }
    auto* const bytes = static_cast<char*>(host.allocate(host.context, text.size()));
    auto* const positions = static_cast<std::uint32_t*>(host.allocate(host.context, evidence.size() * sizeof(std::uint32_t)));
    if (bytes == nullptr || positions == nullptr) {
        host.release(host.context, bytes);
        host.release(host.context, positions);
        host.fail(host.context, "there is no memory left");
        return CARMA_FAILED;
    }
    std::memcpy(bytes, text.data(), text.size());
    std::ranges::copy(evidence, positions);
    answer.text = {bytes, text.size()};
    answer.evidence = positions;
    answer.evidence_count = static_cast<std::uint32_t>(evidence.size());
    answer.confidence = kConfidenceMost * score / static_cast<double>(best.size());
    return CARMA_OK;
}

std::int32_t openInstance(const carma_host* host, void** instance)
{
    auto* const self = new (std::nothrow) Instance;
    if (self == nullptr) {
        return CARMA_FAILED;
    }
    const char* const sentences = host->setting(host->context, "sentences");
    self->host = host;
    self->sentences = sentences == nullptr ? 3 : std::clamp<std::size_t>(std::strtoul(sentences, nullptr, 10), 1, 100);
    *instance = self;
    return CARMA_OK;
}

std::int32_t reconstruct(void* instance, const carma_gap* gap, carma_answer* answer)
{
    const auto& self = *static_cast<const Instance*>(instance);
    try {
        return fill(*self.host, choose(sentencesOf(*gap), self.sentences, gap->bytes), *answer);
    } catch (const std::exception& error) {
        self.host->fail(self.host->context, error.what());
        return CARMA_FAILED;
    }
}

void closeInstance(void* instance) { delete static_cast<Instance*>(instance); }

const carma_reconstructor kReconstructor{sizeof(carma_reconstructor), 0, openInstance, reconstruct, closeInstance};
const carma_plugin kPlugin{sizeof(carma_plugin), CARMA_PLUGIN_ABI, CARMA_KIND_RECONSTRUCTOR, 0, "extractive", nullptr, &kReconstructor};

} // namespace

extern "C" const carma_plugin* carma_plugin_entry(std::uint32_t /*host_abi*/) { return &kPlugin; }
