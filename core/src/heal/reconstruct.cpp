// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "heal/reconstruct.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace carma::heal {

namespace {

constexpr float kPriorWeight = 0.02F;
constexpr std::string_view kContinuation = "##";
constexpr std::string_view kEllipsis = "\u2026";     // ends a title that was cut
constexpr std::string_view kClosing = ".,;:!?)]}%'"; // marks that stand behind a word without a space
constexpr std::string_view kJoining = "'-/_@([{#$";  // marks that what follows them touches

bool endsWithOneOf(std::string_view text, std::string_view marks)
{
    return !text.empty() && marks.find(text.back()) != std::string_view::npos;
}

std::size_t sizeOf(std::span<const TokenCount> bag)
{
    std::size_t size = 0;
    for (const TokenCount& one : bag) {
        size += one.count;
    }
    return size;
}

} // namespace

void Reconstructor::learn(std::string_view text)
{
    m_pairs.add(m_table.tokensOf(text));
    ++m_learned;
}

TokenRows Reconstructor::rowsOf(std::span<const std::uint32_t> tokens) const
{
    TokenRows rows;
    rows.dimension = m_dimension;
    std::vector<float> row(m_dimension);
    for (const std::uint32_t token : tokens) {
        std::ranges::fill(row, 0.0F);
        m_table.addRow(token, row);
        if (std::ranges::all_of(row, [](float value) { return value == 0; })) {
            continue;
        }
        rows.tokens.push_back(token);
        rows.rows.insert(rows.rows.end(), row.begin(), row.end());
        rows.prior.push_back(kPriorWeight * std::log1p(static_cast<float>(m_pairs.textsWith(token))));
    }
    return rows;
}

Inverter& Reconstructor::nearInverter()
{
    if (m_near == nullptr) {
        std::vector<std::uint32_t> tokens;
        for (const auto& [token, texts] : m_pairs.texts()) {
            tokens.push_back(token);
        }
        std::ranges::sort(tokens);
        m_near = std::make_unique<Inverter>(rowsOf(tokens));
    }
    return *m_near;
}

/// With all tokens: a word that only the lost text had makes it fail with those of the others.
Inversion Reconstructor::withAllTokens(Inversion near, std::span<const float> vector, float noise, std::span<const float> known)
{
    if (m_whole == nullptr) {
        std::vector<std::uint32_t> tokens(m_table.tokenCount());
        std::iota(tokens.begin(), tokens.end(), 0U);
        m_whole = std::make_unique<Inverter>(rowsOf(tokens));
    }
    Inversion whole = m_whole->invert(vector, noise, known);
    return whole.error < near.error ? whole : near;
}

/// Pieces join the word before them; marks stand where print has them.
void Reconstructor::append(Guess& guess, std::span<const std::uint32_t> tokens) const
{
    for (const std::uint32_t token : tokens) {
        const std::string_view piece = m_table.token(token);
        if (piece.starts_with(kContinuation) && !guess.words.empty()) {
            guess.words.back() += piece.substr(kContinuation.size());
            guess.text += piece.substr(kContinuation.size());
            continue;
        }
        const bool closes = piece.size() == 1 && endsWithOneOf(piece, kClosing);
        if (!guess.text.empty() && !closes && !endsWithOneOf(guess.text, kJoining) && !(piece == "-" || piece == "/")) {
            guess.text += ' ';
        }
        guess.text += piece;
        guess.words.emplace_back(piece);
    }
}

std::vector<float> Reconstructor::sumOf(const std::string& text) const
{
    std::vector<float> sum(m_dimension);
    for (const std::uint32_t token : m_table.tokensOf(text)) {
        m_table.addRow(token, sum);
    }
    return sum;
}

std::vector<std::uint32_t> Reconstructor::inOrder(std::span<const TokenCount> bag) const
{
    return likeliestOrder(bag, m_pairs, [&](std::uint32_t token) { return m_table.token(token).starts_with(kContinuation); });
}

/// The title of a note without one is what it begins with. Then the text's first words are known, letter by letter, and only the rest is
/// looked for. Because the length of the sum is unknown, another text fits as well, twice as long as the one without that beginning: of two
/// texts the shorter one is taken.
bool Reconstructor::appendBehindTitle(
    Guess& guess, std::span<const float> vector, float noise, const std::string& title, const Inversion& all)
{
    if (title.empty()) {
        return false;
    }
    const std::string begin = title.ends_with(kEllipsis) ? title.substr(0, title.size() - kEllipsis.size()) : title;
    const Inversion rest = nearInverter().invert(vector, noise, sumOf(title + ". " + begin));
    if (!rest.isWithinNoise) {
        return false;
    }
    if (all.isWithinNoise && sizeOf(all.bag) < sizeOf(rest.bag) + m_table.tokensOf(begin).size()) {
        return false;
    }
    guess.text = begin;
    for (std::size_t at = 0; at < begin.size();) {
        const std::size_t end = std::min(begin.find(' ', at), begin.size());
        guess.words.push_back(begin.substr(at, end - at));
        at = end + 1;
    }
    append(guess, inOrder(rest.bag));
    guess.error = std::max(guess.error, rest.error);
    return true;
}

TokenKind Reconstructor::kindOf(std::uint32_t token) const
{
    const std::string_view text = m_table.token(token);
    if (text.starts_with(kContinuation)) {
        return TokenKind::Continuation;
    }
    const auto isLetter = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || static_cast<unsigned char>(c) >= 0x80U; };
    return std::ranges::any_of(text, isLetter) ? TokenKind::Word : TokenKind::Mark;
}

/// Which form stands at each place: the only one, or the one whose tokens the vector has. What is chosen for sure is added to the bag.
std::vector<PlacedWord> Reconstructor::choose(std::span<const FoundWord> words, std::vector<TokenCount>& bag, std::size_t& sure) const
{
    std::vector<TokenCount> left = bag;
    const auto take = [](std::vector<TokenCount>& from, std::span<const std::uint32_t> tokens) {
        std::vector<TokenCount> rest = from;
        for (const std::uint32_t token : tokens) {
            const auto at = std::ranges::find(rest, token, &TokenCount::token);
            if (at == rest.end() || at->count == 0) {
                return false;
            }
            --at->count;
        }
        from = std::move(rest);
        return true;
    };
    std::vector<PlacedWord> placed;
    for (const FoundWord& word : words) {
        for (const std::uint32_t place : word.places) {
            std::vector<std::uint32_t> tokens = m_table.tokensOf(word.forms.front());
            for (std::size_t i = 0; word.forms.size() > 1 && i < word.forms.size(); ++i) {
                tokens = m_table.tokensOf(word.forms[i]);
                if (take(left, tokens)) {
                    break;
                }
                tokens.clear();
            }
            if (word.forms.size() == 1) {
                ++sure;
                for (const std::uint32_t token : tokens) {
                    const auto at = std::ranges::find(bag, token, &TokenCount::token);
                    at == bag.end() ? bag.push_back({token, 1}) : static_cast<void>(++at->count);
                }
            }
            if (!tokens.empty()) {
                placed.push_back({place, std::move(tokens)});
            }
        }
    }
    std::ranges::stable_sort(placed, {}, &PlacedWord::place);
    return placed;
}

/// Words of one form only are known with their number, like a title's; the vector has to say the rest: forms, stop words and marks.
void Reconstructor::appendFound(
    Guess& guess, std::span<const float> vector, float noise, const Remains& remains, std::span<const FoundWord> words)
{
    std::vector<float> known = remains.title.empty() ? std::vector<float>(m_dimension) : sumOf(remains.title + ". ");
    std::vector<std::uint32_t> tokens = m_untold;
    for (const FoundWord& word : words) {
        for (const std::string& form : word.forms) {
            const std::vector<std::uint32_t> pieces = m_table.tokensOf(form);
            if (word.forms.size() > 1) {
                tokens.insert(tokens.end(), pieces.begin(), pieces.end());
                continue;
            }
            for (std::size_t i = 0; i < word.places.size(); ++i) {
                std::ranges::for_each(pieces, [&](std::uint32_t token) { m_table.addRow(token, known); });
            }
        }
    }
    std::ranges::sort(tokens);
    tokens.erase(std::unique(tokens.begin(), tokens.end()), tokens.end());
    Inversion inversion = Inverter(rowsOf(tokens)).invert(vector, noise, known);
    if (!inversion.isWithinNoise) { // a word that nobody else has: the index has it, but cannot be asked for it
        Inversion near = nearInverter().invert(vector, noise, known);
        near = near.isWithinNoise ? std::move(near) : withAllTokens(std::move(near), vector, noise, known);
        inversion = near.error < inversion.error ? std::move(near) : std::move(inversion);
    }
    guess.fits = guess.fits && inversion.isWithinNoise;
    guess.error = std::max(guess.error, inversion.error);
    const std::vector<PlacedWord> placed = choose(words, inversion.bag, m_told);
    append(guess, likeliestOrder(inversion.bag, placed, m_pairs, [this](std::uint32_t token) { return kindOf(token); }));
}

namespace {

/// A title that a note got from its beginning has the letters and spaces that were there.
void takeLetters(std::string& text, std::string_view begin)
{
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    std::size_t at = 0;
    for (const char c : begin) {
        if (c == ' ') {
            continue;
        }
        while (at < text.size() && text[at] == ' ') {
            ++at;
        }
        if (at == text.size() || text[at] != lower(c)) {
            return;
        }
        ++at;
    }
    text.replace(0, at, begin);
}

} // namespace

std::optional<Guess> Reconstructor::guess(const Remains& remains)
{
    std::vector<std::span<const float>> vectors;
    for (const auto& part : remains.parts) {
        vectors.emplace_back(part);
    }
    if (vectors.empty() && !remains.whole.empty()) {
        vectors.emplace_back(remains.whole);
    }
    if (vectors.empty()) {
        return std::nullopt;
    }
    const std::vector<float> known = remains.title.empty() ? std::vector<float>() : sumOf(remains.title + ". ");
    const float noise = remains.step * std::sqrt(static_cast<float>(m_dimension) / 12.0F);
    Guess guess;
    m_told = 0;
    guess.fits = true;
    guess.error = 0;
    for (std::size_t i = 0; i < vectors.size(); ++i) {
        const auto vector = vectors[i];
        if (i < remains.words.size() && !remains.words[i].empty()) {
            appendFound(guess, vector, noise, remains, remains.words[i]);
            continue;
        }
        // First with the tokens of the other texts: fewer unknowns for the same number of equations.
        Inversion inversion = nearInverter().invert(vector, noise, known);
        if (guess.text.empty() && appendBehindTitle(guess, vector, noise, remains.title, inversion)) {
            continue;
        }
        if (!inversion.isWithinNoise) {
            inversion = withAllTokens(std::move(inversion), vector, noise, known);
        }
        append(guess, inOrder(inversion.bag));
        guess.fits = guess.fits && inversion.isWithinNoise;
        guess.error = std::max(guess.error, inversion.error);
    }
    guess.told = guess.words.empty() ? 0 : std::min(1.0F, static_cast<float>(m_told) / static_cast<float>(guess.words.size()));
    if (!remains.words.empty() && !remains.title.empty()) {
        const std::string_view title = remains.title;
        takeLetters(guess.text, title.ends_with(kEllipsis) ? title.substr(0, title.size() - kEllipsis.size()) : title);
    }
    return guess;
}

} // namespace carma::heal
