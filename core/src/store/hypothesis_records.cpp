// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/hypothesis_records.h"

#include "base/byte_io.h"
#include "store/document_reader.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <set>
#include <utility>

namespace carma::store {

namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::uint32_t kWordsMax = 65'536; // a passage has at most 64 KiB
constexpr std::uint32_t kReplacedMax = 1U << 20U;
constexpr std::size_t kBins = 10; // of the calibration's error

/// Part of the stored format, do not renumber.
enum class Kind : std::uint8_t { Guess = 1, Rejection = 2, Acceptance = 3, Score = 4, Restoration = 5 };

enum Flag : std::uint8_t { kProven = 1, kFits = 2, kExact = 4 };

void begin(ByteWriter& writer, Kind kind, const FragmentId& id)
{
    writer.number(kVersion);
    writer.number(static_cast<std::uint8_t>(kind));
    writer.id(id);
}

void writeFloat(ByteWriter& writer, float value) { writer.number(std::bit_cast<std::uint32_t>(value)); }
float readFloat(ByteReader& reader) { return std::bit_cast<float>(reader.number<std::uint32_t>()); }

crypto::Digest readDigest(ByteReader& reader)
{
    crypto::Digest digest{};
    const ByteView bytes = reader.raw(digest.size());
    std::ranges::copy(bytes, digest.begin());
    return digest;
}

std::set<std::string, std::less<>> wordSet(std::string_view text)
{
    std::set<std::string, std::less<>> words;
    std::string word;
    const auto end = [&] {
        if (!word.empty()) {
            words.insert(std::exchange(word, {}));
        }
    };
    for (const char c : text) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80U;
        if (letter) {
            word += c;
        } else if (c >= 'A' && c <= 'Z') {
            word += static_cast<char>(c - 'A' + 'a');
        } else {
            end();
        }
    }
    end();
    return words;
}

RememberedGuess readGuess(ByteReader& reader)
{
    RememberedGuess guess;
    guess.evidence = readDigest(reader);
    const auto flags = reader.number<std::uint8_t>();
    guess.isProven = (flags & kProven) != 0;
    guess.fits = (flags & kFits) != 0;
    guess.error = readFloat(reader);
    guess.confidence = readFloat(reader);
    guess.text = reader.text();
    const auto words = reader.number<std::uint32_t>();
    for (std::uint32_t i = 0; i < words && words <= kWordsMax && !reader.failed(); ++i) {
        guess.words.push_back(reader.text());
    }
    return guess;
}

bool isShare(float value) { return value >= 0 && value <= 1; } // false for what is no number

} // namespace

GuessScore scoreGuess(const RememberedGuess& guess, std::string_view text)
{
    const auto guessed = wordSet(guess.text);
    const auto real = wordSet(text);
    const auto right = static_cast<float>(std::ranges::count_if(guessed, [&](const std::string& word) { return real.contains(word); }));
    GuessScore score;
    score.confidence = guess.confidence;
    score.isExact = guess.text == text;
    score.precision = guessed.empty() ? 0 : right / static_cast<float>(guessed.size());
    score.recall = real.empty() ? 1 : right / static_cast<float>(real.size());
    return score;
}

Bytes encodeGuess(const FragmentId& id, const RememberedGuess& guess)
{
    Bytes bytes;
    ByteWriter writer(bytes);
    begin(writer, Kind::Guess, id);
    writer.raw(guess.evidence);
    writer.number(static_cast<std::uint8_t>((guess.isProven ? kProven : 0) | (guess.fits ? kFits : 0)));
    writeFloat(writer, guess.error);
    writeFloat(writer, guess.confidence);
    writer.text(guess.text);
    writer.number(static_cast<std::uint32_t>(guess.words.size()));
    for (const std::string& word : guess.words) {
        writer.text(word);
    }
    return bytes;
}

Bytes encodeRejection(const FragmentId& id, const crypto::Digest& evidence)
{
    Bytes bytes;
    ByteWriter writer(bytes);
    begin(writer, Kind::Rejection, id);
    writer.raw(evidence);
    return bytes;
}

Bytes encodeAcceptance(const FragmentId& id, const FragmentId& kept)
{
    Bytes bytes;
    ByteWriter writer(bytes);
    begin(writer, Kind::Acceptance, id);
    writer.id(kept);
    return bytes;
}

Bytes encodeScore(const FragmentId& id, const GuessScore& score)
{
    Bytes bytes;
    ByteWriter writer(bytes);
    begin(writer, Kind::Score, id);
    writer.number(static_cast<std::uint8_t>(score.isExact ? kExact : 0));
    writeFloat(writer, score.confidence);
    writeFloat(writer, score.precision);
    writeFloat(writer, score.recall);
    return bytes;
}

Bytes encodeRestoration(const FragmentId& id, const std::vector<Sequence>& replaced)
{
    Bytes bytes;
    ByteWriter writer(bytes);
    begin(writer, Kind::Restoration, id);
    writer.number(static_cast<std::uint32_t>(replaced.size()));
    for (const Sequence sequence : replaced) {
        writer.number(sequence);
    }
    return bytes;
}

Result<void> takeGuessRecord(ByteView bytes, Sequence sequence, const NamespaceId& space, GuessHistories& histories)
{
    const Error broken{ErrorCode::Corruption, "a record of a guess holds values beyond its bounds"};
    ByteReader reader(bytes);
    if (reader.number<std::uint8_t>() > kVersion) {
        return Error{ErrorCode::Unsupported, "a guess is of a newer version"};
    }
    const auto kind = static_cast<Kind>(reader.number<std::uint8_t>());
    const auto id = reader.id<FragmentId>();
    GuessHistory history = histories.contains(id) ? histories[id] : GuessHistory{};
    history.space = space;
    history.sequences.push_back(sequence);
    switch (kind) {
    case Kind::Guess:
        history.guess = readGuess(reader);
        history.score.reset();
        if (!isShare(history.guess->confidence)) {
            return broken;
        }
        break;
    case Kind::Rejection: history.rejected = readDigest(reader); break;
    case Kind::Acceptance: history.accepted = reader.id<FragmentId>(); break;
    case Kind::Score: {
        GuessScore score;
        score.isExact = (reader.number<std::uint8_t>() & kExact) != 0;
        score.confidence = readFloat(reader);
        score.precision = readFloat(reader);
        score.recall = readFloat(reader);
        if (!isShare(score.confidence) || !isShare(score.precision) || !isShare(score.recall)) {
            return broken;
        }
        history.score = score;
        break;
    }
    case Kind::Restoration: {
        const auto count = reader.number<std::uint32_t>();
        for (std::uint32_t i = 0; i < count && count <= kReplacedMax && !reader.failed(); ++i) {
            history.replaced.push_back(reader.number<Sequence>());
            history.sequences.push_back(history.replaced.back());
        }
        break;
    }
    default: return broken;
    }
    if (!reader.atEnd()) {
        return broken;
    }
    histories[id] = std::move(history);
    return {};
}

Result<GuessHistories> readGuesses(StoreCore& core)
{
    GuessHistories histories;
    CARMA_TRY(core.journal().read(log::RecordType::HealCycle, 0, [&](const journal::Entry& entry) -> Result<bool> {
        if (!entry.lost && !entry.purged) {
            // A record that is none of ours, or of a newer program, says nothing here.
            (void)takeGuessRecord(entry.body, entry.sequence, entry.space, histories).has_value();
        }
        return true;
    }));
    return histories;
}

Result<std::uint64_t> scoreReturned(StoreCore& core)
{
    CARMA_TRY_ASSIGN(const GuessHistories histories, readGuesses(core));
    DocumentReader reader(core);
    std::vector<journal::NewEntry> entries;
    for (const auto& [id, history] : histories) {
        if (!history.guess || history.score) {
            continue;
        }
        CARMA_TRY_ASSIGN(const auto row, core.catalog->fragment(id));
        if (!row || row->state == catalog::State::Forgotten) {
            continue;
        }
        const auto text = reader.passageText(*row);
        if (text.has_value()) {
            entries.push_back({log::RecordType::HealCycle, history.space, encodeScore(id, scoreGuess(*history.guess, *text))});
        }
    }
    if (!entries.empty()) {
        CARMA_TRY(core.journal().append(entries));
    }
    return entries.size();
}

HypothesesStats statsOf(const GuessHistories& histories)
{
    HypothesesStats stats;
    std::vector<std::array<double, 3>> bins(kBins); // count, confidence, precision
    for (const auto& [id, history] : histories) {
        stats.rejected += history.rejected ? 1 : 0;
        stats.accepted += history.accepted ? 1 : 0;
        if (!history.score) {
            stats.open += history.guess ? 1 : 0;
            continue;
        }
        const GuessScore& score = *history.score;
        const float sum = score.precision + score.recall;
        ++stats.scored;
        stats.exact += score.isExact ? 1 : 0;
        stats.precision += score.precision;
        stats.recall += score.recall;
        stats.f1 += sum > 0 ? 2 * score.precision * score.recall / sum : 0;
        stats.confidence += score.confidence;
        auto& bin = bins[std::min(kBins - 1, static_cast<std::size_t>(score.confidence * kBins))];
        bin[0] += 1;
        bin[1] += score.confidence;
        bin[2] += score.precision;
    }
    if (stats.scored == 0) {
        return stats;
    }
    const auto count = static_cast<double>(stats.scored);
    for (double* mean : {&stats.precision, &stats.recall, &stats.f1, &stats.confidence}) {
        *mean /= count;
    }
    for (const auto& bin : bins) {
        stats.calibrationError += bin[0] > 0 ? std::abs(bin[1] - bin[2]) / count : 0;
    }
    return stats;
}

} // namespace carma::store
