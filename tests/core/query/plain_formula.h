// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "index/text_parts.h"
#include "plain_scores.h"
#include "query/search_engine.h"

#include <carma/embedder.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

/// The fractal score written out as the formula reads: doubles, whole vectors, every pair of passages. Texts are plain
/// lower-case words that are neither stop words nor changed by stemming.
namespace carma::test {

struct PlainPassage {
    FragmentId id;
    FragmentId document;
    FragmentId parent;
    std::uint32_t order = 0;
    Sequence sequence = 0;
    std::string title;
    std::string text;

    [[nodiscard]] query::PassageView view() const { return {id, document, parent, order, sequence, 0, title, text}; }
};

inline double plainBestPart(const PlainPassage& passage, Embedder& embedder, const Numbers& query, double whole)
{
    const auto parts = index::textParts(passage.text);
    double best = parts.empty() ? whole : -2;
    for (const std::string_view part : parts) {
        const std::string text = passage.title.empty() ? std::string(part) : passage.title + ". " + std::string(part);
        best = std::max(best, plainCosine(query, plainVector(embedder, text)));
    }
    return best;
}

/// Pairs of neighbouring words as words of their own.
inline std::vector<std::string> plainPairs(const std::string& text)
{
    const auto words = plainWords(text);
    std::vector<std::string> pairs;
    for (std::size_t i = 1; i < words.size(); ++i) {
        pairs.push_back(words[i - 1] + "+" + words[i]);
    }
    return pairs;
}

/// What BM25 with k1 = .9 and b = .4 has to know of all passages.
struct PlainCorpus {
    double n = 0;
    double meanLength = 0;
    std::map<std::string, double> holding;
};

inline double plainValue(const PlainCorpus& corpus, const std::vector<std::string>& words, double length, const std::string& word)
{
    const auto count = static_cast<double>(std::count(words.begin(), words.end(), word));
    const auto found = corpus.holding.find(word);
    const double df = found == corpus.holding.end() ? 0 : found->second;
    return count > 0
        ? std::log(1 + (corpus.n - df + 0.5) / (df + 0.5)) * count * 1.9 / (count + 0.9 * (0.6 + 0.4 * length / corpus.meanLength))
        : 0;
}

/// For each passage the BM25 of its best part and that of the pairs.
struct PlainDetail {
    Numbers parts;
    Numbers pairs;
};

inline PlainDetail plainDetail(const std::vector<PlainPassage>& passages, const std::string& query)
{
    PlainCorpus words;
    PlainCorpus pairs;
    words.n = pairs.n = static_cast<double>(passages.size());
    const auto countIn = [](PlainCorpus& corpus, const std::vector<std::string>& all) {
        for (const std::string& word : std::set<std::string>(all.begin(), all.end())) {
            ++corpus.holding[word];
        }
    };
    const auto pairsOf = [](const PlainPassage& p) {
        auto all = plainPairs(p.title);
        const auto inText = plainPairs(p.text);
        all.insert(all.end(), inText.begin(), inText.end());
        return all;
    };
    for (const PlainPassage& p : passages) {
        const auto all = plainWords(p.title + " " + p.text);
        words.meanLength += static_cast<double>(all.size()) / words.n;
        countIn(words, all);
        countIn(pairs, pairsOf(p));
    }
    pairs.meanLength = words.meanLength;
    const auto queryWords = plainWords(query);
    const auto queryPairs = plainPairs(query);
    PlainDetail detail{Numbers(passages.size()), Numbers(passages.size())};
    for (std::size_t i = 0; i < passages.size(); ++i) {
        const PlainPassage& p = passages[i];
        std::vector<std::string> parts;
        for (const std::string_view part : index::textParts(p.text)) {
            parts.emplace_back(part);
        }
        if (parts.empty()) {
            parts.push_back(p.text);
        }
        for (const std::string& part : parts) {
            const auto inPart = plainWords(p.title + " " + part);
            double sum = 0;
            for (const std::string& word : std::set<std::string>(queryWords.begin(), queryWords.end())) {
                sum += plainValue(words, inPart, static_cast<double>(inPart.size()), word);
            }
            detail.parts[i] = std::max(detail.parts[i], sum);
        }
        const auto length = static_cast<double>(plainWords(p.title + " " + p.text).size());
        for (const std::string& pair : std::set<std::string>(queryPairs.begin(), queryPairs.end())) {
            detail.pairs[i] += plainValue(pairs, pairsOf(p), length, pair);
        }
    }
    return detail;
}

inline std::map<FragmentId, double> plainScores(const std::vector<PlainPassage>& passages, Embedder& embedder,
    const query::Weights& weights, const std::string& query, query::Mode mode)
{
    const std::size_t n = passages.size();
    std::map<FragmentId, std::vector<std::string>> parentWords;
    std::map<FragmentId, Numbers> parentVectors;
    std::vector<std::vector<std::string>> words;
    std::vector<Numbers> vectors;
    for (const PlainPassage& p : passages) {
        words.push_back(plainWords(p.title + " " + p.text));
        const auto textWords = plainWords(p.text);
        auto& all = parentWords[p.parent];
        all.insert(all.end(), textWords.begin(), textWords.end());
        vectors.push_back(plainVector(embedder, p.title.empty() ? p.text : p.title + ". " + p.text));
        Numbers& sum = parentVectors[p.parent];
        sum.resize(vectors.back().size());
        for (std::size_t k = 0; k < sum.size(); ++k) {
            sum[k] += vectors.back()[k];
        }
    }
    std::vector<std::vector<std::string>> parentDocuments;
    std::map<FragmentId, std::size_t> parentAt;
    for (const auto& [parent, all] : parentWords) {
        parentAt[parent] = parentDocuments.size();
        parentDocuments.push_back(all);
    }
    const Numbers queryVector = plainVector(embedder, query);
    const Numbers parentBm25 = plainBm25(parentDocuments, query, 1.2, 0.75);
    Numbers cosine(n);
    Numbers bestPart(n);
    Numbers parentCosine(n);
    Numbers parentLexical(n);
    std::vector<bool> hasVector(n);
    for (std::size_t i = 0; i < n; ++i) {
        cosine[i] = plainCosine(queryVector, vectors[i]);
        bestPart[i] = plainBestPart(passages[i], embedder, queryVector, cosine[i]);
        parentCosine[i] = plainCosine(queryVector, parentVectors[passages[i].parent]);
        parentLexical[i] = parentBm25[parentAt[passages[i].parent]];
        hasVector[i] = plainCosine(vectors[i], vectors[i]) > 0;
    }
    const std::vector<bool> all(n, true);
    const double lexicalWeight = mode == query::Mode::Semantic ? 0 : 1;
    const double semanticWeight = mode == query::Mode::Lexical ? 0 : 1;
    const Numbers l = plainZ(plainBm25(words, query, 0.9, 0.4), all);
    const PlainDetail detail = plainDetail(passages, query);
    const Numbers lp = plainZ(detail.parts, all);
    const Numbers pairs = plainZ(detail.pairs, all);
    const Numbers s = plainZ(cosine, hasVector);
    const Numbers b = plainZ(bestPart, hasVector);
    const Numbers pl = plainZ(parentLexical, all);
    const Numbers ps = plainZ(parentCosine, all);
    std::map<FragmentId, double> scores;
    const auto around = [](double score) { return std::copysign(std::pow(std::abs(score), 1.25), score); };
    for (std::size_t i = 0; i < n; ++i) {
        const auto own = [&](std::size_t k) {
            return lexicalWeight * l[k] + semanticWeight * static_cast<double>(weights.semantic) * s[k];
        };
        const auto ownVector = static_cast<double>(weights.passage) * s[i] + static_cast<double>(weights.part) * b[i];
        const double ownWords = static_cast<double>(weights.words) * l[i] + static_cast<double>(weights.wordPart) * lp[i] +
            static_cast<double>(weights.wordPair) * pairs[i];
        double score = lexicalWeight * ownWords + semanticWeight * static_cast<double>(weights.semantic) * ownVector;
        if (parentWords.size() < n) {
            score += lexicalWeight * static_cast<double>(weights.parent) * around(pl[i]);
            score += semanticWeight * static_cast<double>(weights.semanticParent) * around(ps[i]);
            for (std::size_t k = 0; k < n; ++k) {
                const double distance = std::abs(static_cast<double>(passages[k].order) - static_cast<double>(passages[i].order));
                if (passages[k].parent == passages[i].parent && distance >= 1 && distance <= 2) {
                    const float side = passages[k].order < passages[i].order ? weights.before : weights.after;
                    score += static_cast<double>(side) * (distance < 2 ? 1 : 0.6) * around(own(k));
                }
            }
        }
        scores[passages[i].id] = score;
    }
    return scores;
}

} // namespace carma::test
