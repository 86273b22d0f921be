// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

/// What is left of a text whose bytes are gone.
namespace carma::heal {

/// The rows that a linear embedder adds up, of those tokens that a lost text may hold.
struct TokenRows {
    std::size_t dimension = 0;
    std::vector<std::uint32_t> tokens; ///< ids, each once
    std::vector<float> rows;           ///< [tokens, dimension], row-major; none is zero
    std::vector<float> prior;          ///< [tokens] added to a token's cosine with what is unexplained: .02 ln(1 + its passages)
};

struct TokenCount {
    std::uint32_t token = 0;
    std::uint32_t count = 0;
    bool operator==(const TokenCount&) const = default;
};

struct Inversion {
    std::vector<TokenCount> bag; ///< by token; without the known ones
    float error = 2;             ///< distance of the bag's vector from the one that was asked for, both of length 1: 0..2
    bool isWithinNoise = false;  ///< the bag explains the vector as far as it was stored: with `dimension` equations and fewer unknowns
                                 ///< there is hardly another one
};

/// The words of a text out of its vector. The vector of a linear embedder is the normalised sum of its tokens' rows, a linear measurement
/// of their counts. Orthogonal matching pursuit with non-negative weights finds which tokens there are (Pati, Rezaiifar and Krishnaprasad,
/// "Orthogonal Matching Pursuit", 1993; Lawson and Hanson, "Solving Least Squares Problems", 1974, chapter 23), rounding the counts behind
/// the unknown length, and a local search (add, drop, exchange one token) takes the errors out. All products come out of columns of the
/// Gram matrix, which are computed once for each token that was ever in question.
///
/// Not thread-safe: columns are kept between calls.
class Inverter {
public:
    explicit Inverter(TokenRows rows);

    /// `vector` has length 1; `noise` is the length of the error it was stored with, about step * sqrt(dimension / 12).
    /// `known` are tokens that are in the text besides those looked for, for instance those of a title: they tell the length.
    /// REQUIRES: vector.size() == dimension; the rows of `known` are [known, dimension]
    [[nodiscard]] Inversion invert(std::span<const float> vector, float noise, std::span<const float> knownRows = {});
    [[nodiscard]] std::size_t size() const { return m_rows.tokens.size(); }

private:
    struct Support;
    struct Bag;
    void startFrom(std::span<const float> vector, std::span<const float> knownRows);
    const std::vector<double>& column(std::uint32_t token);
    [[nodiscard]] double between(std::uint32_t a, std::uint32_t b);
    void pursue(double noise, Support& support);
    void fitWeights(Support& support);
    [[nodiscard]] bool nextToken(const Support& support, double rest, std::uint32_t& best) const;
    [[nodiscard]] Bag countsOf(const Support& support, double noise);
    [[nodiscard]] Bag scaled(const Support& support, double scale);
    void polish(double noise, Bag& bag);
    bool improve(Bag& bag);
    void change(Bag& bag, std::uint32_t token, int by);

    const TokenRows m_rows;
    std::vector<double> m_squares;              ///< [tokens] of the rows' lengths
    std::vector<std::vector<double>> m_columns; ///< of the Gram matrix, [tokens] each; empty until needed
    std::vector<double> m_withVector;           ///< [tokens] products with the vector that is asked for
    std::vector<double> m_withKnown;            ///< [tokens] products with the sum of the known rows; empty if there are none
    double m_knownSquare = 0;
    double m_knownWithVector = 0;
};

} // namespace carma::heal
