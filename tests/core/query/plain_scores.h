// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/embedder.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <vector>

/// BM25, deviations and cosines written out: what the plain formula adds up.
namespace carma::test {

using Numbers = std::vector<double>;

inline std::vector<std::string> plainWords(const std::string& text)
{
    std::istringstream stream(text);
    return {std::istream_iterator<std::string>(stream), {}};
}

inline Numbers plainBm25(const std::vector<std::vector<std::string>>& documents, const std::string& query, double k1, double b)
{
    const auto n = static_cast<double>(documents.size());
    double lengthSum = 0;
    for (const auto& words : documents) {
        lengthSum += static_cast<double>(words.size());
    }
    Numbers scores(documents.size());
    const auto queryWords = plainWords(query);
    for (const std::string& word : std::set<std::string>(queryWords.begin(), queryWords.end())) {
        double holding = 0;
        for (const auto& words : documents) {
            holding += std::count(words.begin(), words.end(), word) > 0 ? 1 : 0;
        }
        for (std::size_t i = 0; i < documents.size(); ++i) {
            const auto count = static_cast<double>(std::count(documents[i].begin(), documents[i].end(), word));
            if (count > 0) {
                const double relative = static_cast<double>(documents[i].size()) * n / lengthSum;
                scores[i] += std::log(1 + (n - holding + 0.5) / (holding + 0.5)) * count * (k1 + 1) / (count + k1 * (1 - b + b * relative));
            }
        }
    }
    return scores;
}

inline Numbers plainZ(const Numbers& values, const std::vector<bool>& counted)
{
    double n = 0;
    double mean = 0;
    double deviation = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
        n += counted[i] ? 1 : 0;
        mean += counted[i] ? values[i] : 0;
    }
    mean /= std::max(n, 1.0);
    for (std::size_t i = 0; i < values.size(); ++i) {
        deviation += counted[i] ? (values[i] - mean) * (values[i] - mean) : 0;
    }
    deviation = std::sqrt(deviation / std::max(n, 1.0));
    Numbers zs(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        zs[i] = counted[i] && deviation > 1e-9 ? (values[i] - mean) / deviation : 0;
    }
    return zs;
}

inline Numbers plainVector(Embedder& embedder, const std::string& text)
{
    std::vector<float> vector(embedder.identity().dimension);
    const std::string_view view = text;
    return embedder.embed(std::span(&view, 1), vector) ? Numbers(vector.begin(), vector.end()) : Numbers{};
}

inline double plainCosine(const Numbers& a, const Numbers& b)
{
    double dot = 0;
    double lengths = 0;
    double other = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        dot += a[i] * b[i];
        lengths += a[i] * a[i];
        other += b[i] * b[i];
    }
    return lengths > 0 && other > 0 ? dot / std::sqrt(lengths * other) : 0;
}

} // namespace carma::test
