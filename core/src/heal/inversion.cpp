// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "heal/inversion.h"

#include <carma/assert.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace carma::heal {

namespace {

constexpr std::size_t kSupportMax = 128; // half of the equations of 256 numbers
constexpr std::size_t kTokensMax = 512;  // of a bag; longer texts give up
constexpr double kPursueUntil = 1.1;     // times the noise
constexpr double kPolishUntil = 1.05;
constexpr double kWeightMin = 1e-7;
constexpr int kScales = 60;
constexpr double kScaleStep = 12;      // the heaviest weight is at most so many of one token
constexpr double kTokenCharge = 0.002; // a token must pay for itself where the scale is guessed
constexpr double kCountCharge = 0.0002;
constexpr std::size_t kRoundsMax = 120; // of the local search
constexpr double kProgressMin = 1e-6;

double dot(std::span<const float> a, std::span<const float> b)
{
    // Four sums, because additions wait for each other. Double: what is looked for is a ten thousandth of the products.
    double sums[4] = {};
    for (std::size_t i = 0; i + 4 <= a.size(); i += 4) {
        for (std::size_t k = 0; k < 4; ++k) {
            sums[k] += static_cast<double>(a[i + k]) * static_cast<double>(b[i + k]);
        }
    }
    for (std::size_t i = a.size() / 4 * 4; i < a.size(); ++i) {
        sums[0] += static_cast<double>(a[i]) * static_cast<double>(b[i]);
    }
    return (sums[0] + sums[1]) + (sums[2] + sums[3]);
}

/// Of two vectors, one of length 1, from their product and the other's square.
double distance(double product, double square) { return square > 0 ? std::sqrt(std::max(0.0, 2 - 2 * product / std::sqrt(square))) : 2; }

/// Solves the symmetric positive definite system in place by Cholesky's decomposition; false if it is not definite.
bool solve(std::vector<double>& matrix, std::vector<double>& right)
{
    const std::size_t n = right.size();
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j <= i; ++j) {
            double sum = matrix[i * n + j];
            for (std::size_t k = 0; k < j; ++k) {
                sum -= matrix[i * n + k] * matrix[j * n + k];
            }
            if (i != j) {
                matrix[i * n + j] = sum / matrix[j * n + j];
            } else if (sum <= 0) {
                return false;
            } else {
                matrix[i * n + i] = std::sqrt(sum);
            }
        }
    }
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t k = 0; k < i; ++k) {
            right[i] -= matrix[i * n + k] * right[k];
        }
        right[i] /= matrix[i * n + i];
    }
    for (std::size_t i = n; i-- > 0;) {
        for (std::size_t k = i + 1; k < n; ++k) {
            right[i] -= matrix[k * n + i] * right[k];
        }
        right[i] /= matrix[i * n + i];
    }
    return true;
}

} // namespace

/// Tokens with their weights; the known ones together are the first member, whose number is kKnown.
struct Inverter::Support {
    static constexpr std::uint32_t kKnown = std::numeric_limits<std::uint32_t>::max();
    std::vector<std::uint32_t> members;
    std::vector<double> weights;
    double rest = 1; ///< length of what the weighted sum leaves of the vector
};

struct Inverter::Bag {
    std::vector<std::uint32_t> counts;  ///< [tokens]
    std::vector<std::uint32_t> members; ///< those with a count
    std::vector<double> products;       ///< [tokens] with the bag's sum
    double square = 0;                  ///< of the sum
    double withVector = 0;
    std::size_t size = 0;

    [[nodiscard]] double error() const { return distance(withVector, square); }
};

Inverter::Inverter(TokenRows rows) : m_rows(std::move(rows)), m_columns(m_rows.tokens.size())
{
    CARMA_ASSERT(m_rows.rows.size() == m_rows.tokens.size() * m_rows.dimension && m_rows.prior.size() == m_rows.tokens.size());
    for (std::size_t i = 0; i < m_rows.tokens.size(); ++i) {
        const auto row = std::span(m_rows.rows).subspan(i * m_rows.dimension, m_rows.dimension);
        m_squares.push_back(dot(row, row));
    }
}

const std::vector<double>& Inverter::column(std::uint32_t token)
{
    std::vector<double>& products = m_columns[token];
    if (products.empty()) {
        const auto row = std::span(m_rows.rows).subspan(token * m_rows.dimension, m_rows.dimension);
        products.resize(size());
        for (std::size_t i = 0; i < products.size(); ++i) {
            products[i] = dot(std::span(m_rows.rows).subspan(i * m_rows.dimension, m_rows.dimension), row);
        }
    }
    return products;
}

double Inverter::between(std::uint32_t a, std::uint32_t b)
{
    if (a == Support::kKnown || b == Support::kKnown) {
        return a == b ? m_knownSquare : m_withKnown[std::min(a, b)];
    }
    return column(b)[a];
}

void Inverter::startFrom(std::span<const float> vector, std::span<const float> knownRows)
{
    CARMA_ASSERT(vector.size() == m_rows.dimension && knownRows.size() % m_rows.dimension == 0);
    constexpr std::size_t kColumnBytesMax = std::size_t{64} << 20U;
    const auto kept = std::ranges::count_if(m_columns, [](const auto& column) { return !column.empty(); });
    if (static_cast<std::size_t>(kept) * size() * sizeof(double) > kColumnBytesMax) {
        std::ranges::fill(m_columns, std::vector<double>{});
    }
    std::vector<float> known(knownRows.empty() ? 0 : m_rows.dimension);
    for (std::size_t i = 0; i < knownRows.size(); ++i) {
        known[i % m_rows.dimension] += knownRows[i];
    }
    // Of length 1 in floats is not enough: a deviation of 1e-7 is a distance of 3e-4.
    const double length = std::sqrt(dot(vector, vector));
    const double scale = length > 0 ? 1 / length : 0;
    m_withVector.resize(size());
    m_withKnown.assign(known.empty() ? 0 : size(), 0);
    for (std::size_t i = 0; i < size(); ++i) {
        const auto row = std::span(m_rows.rows).subspan(i * m_rows.dimension, m_rows.dimension);
        m_withVector[i] = scale * dot(row, vector);
        if (!known.empty()) {
            m_withKnown[i] = dot(row, known);
        }
    }
    m_knownSquare = known.empty() ? 0 : dot(known, known);
    m_knownWithVector = known.empty() ? 0 : scale * dot(known, vector);
}

/// The token whose row is nearest to what is unexplained. False if there is none left.
bool Inverter::nextToken(const Support& support, double rest, std::uint32_t& best) const
{
    std::vector<double> unexplained = m_withVector;
    for (std::size_t s = 0; s < support.members.size(); ++s) {
        const auto& products = support.members[s] == Support::kKnown ? m_withKnown : m_columns[support.members[s]];
        for (std::size_t i = 0; i < unexplained.size(); ++i) {
            unexplained[i] -= support.weights[s] * products[i];
        }
    }
    double highest = -std::numeric_limits<double>::infinity();
    for (std::uint32_t i = 0; i < unexplained.size(); ++i) {
        const double score = unexplained[i] / (std::sqrt(m_squares[i]) * rest) + static_cast<double>(m_rows.prior[i]);
        if (score > highest && std::ranges::find(support.members, i) == support.members.end()) {
            highest = score;
            best = i;
        }
    }
    return std::isfinite(highest);
}

/// Least squares with no weight below zero: the newest member has none yet, the others keep theirs until one would turn negative.
void Inverter::fitWeights(Support& support)
{
    for (;;) {
        const std::size_t n = support.members.size();
        std::vector<double> gram(n * n);
        std::vector<double> target(n);
        for (std::size_t i = 0; i < n; ++i) {
            target[i] = support.members[i] == Support::kKnown ? m_knownWithVector : m_withVector[support.members[i]];
            for (std::size_t j = 0; j <= i; ++j) {
                gram[i * n + j] = between(support.members[i], support.members[j]);
            }
        }
        std::vector<double> fresh = target;
        if (!solve(gram, fresh)) { // the newest says what others say already
            support.members.pop_back();
            support.weights.pop_back();
            return;
        }
        double step = 1;
        for (std::size_t i = 0; i < n; ++i) {
            if (fresh[i] <= kWeightMin && support.members[i] != Support::kKnown && support.weights[i] > fresh[i]) {
                step = std::min(step, support.weights[i] / (support.weights[i] - fresh[i]));
            }
        }
        bool isWhole = step >= 1;
        std::size_t kept = 0;
        for (std::size_t i = 0; i < n; ++i) {
            const double weight = support.weights[i] + step * (fresh[i] - support.weights[i]);
            if (weight > kWeightMin || support.members[i] == Support::kKnown) {
                support.members[kept] = support.members[i];
                support.weights[kept++] = weight;
            } else {
                isWhole = false;
            }
        }
        support.members.resize(kept);
        support.weights.resize(kept);
        if (isWhole || kept == 0) {
            return;
        }
    }
}

void Inverter::pursue(double noise, Support& support)
{
    if (!m_withKnown.empty()) {
        support.members.push_back(Support::kKnown);
        support.weights.push_back(0);
        fitWeights(support);
    }
    // A token that was put in may be thrown out again, so that the members alone do not bound the rounds.
    for (std::size_t round = 0; round < 2 * kSupportMax && support.members.size() < std::min(kSupportMax, m_rows.dimension); ++round) {
        double left = 1;
        for (std::size_t i = 0; i < support.members.size(); ++i) {
            const double target = support.members[i] == Support::kKnown ? m_knownWithVector : m_withVector[support.members[i]];
            left -= support.weights[i] * target; // at the least squares what is left stands upright on what is taken
        }
        support.rest = std::sqrt(std::max(0.0, left));
        std::uint32_t token = 0;
        if (support.rest <= kPursueUntil * noise || !nextToken(support, support.rest, token)) {
            return;
        }
        (void)column(token);
        support.members.push_back(token);
        support.weights.push_back(0);
        fitWeights(support);
    }
}

void Inverter::change(Bag& bag, std::uint32_t token, int by)
{
    const auto& products = column(token);
    const auto factor = static_cast<double>(by);
    bag.square += 2 * factor * bag.products[token] + factor * factor * m_squares[token];
    bag.withVector += factor * m_withVector[token];
    for (std::size_t i = 0; i < products.size(); ++i) {
        bag.products[i] += factor * products[i];
    }
    const bool wasThere = bag.counts[token] > 0;
    bag.counts[token] = static_cast<std::uint32_t>(static_cast<int>(bag.counts[token]) + by);
    bag.size = static_cast<std::size_t>(static_cast<std::ptrdiff_t>(bag.size) + by);
    if (!wasThere) {
        bag.members.push_back(token);
    } else if (bag.counts[token] == 0) {
        std::erase(bag.members, token);
    }
}

Inverter::Bag Inverter::scaled(const Support& support, double scale)
{
    Bag bag;
    bag.counts.resize(size());
    bag.products = m_withKnown.empty() ? std::vector<double>(size()) : m_withKnown;
    bag.square = m_knownSquare;
    bag.withVector = m_knownWithVector;
    for (std::size_t i = 0; i < support.members.size() && bag.size < kTokensMax; ++i) {
        const double count = std::round(support.weights[i] / scale);
        if (support.members[i] != Support::kKnown && count >= 1) {
            change(bag, support.members[i], static_cast<int>(std::min(count, static_cast<double>(kTokensMax))));
        }
    }
    return bag;
}

/// Rounds the weights to counts. What is known counts once and tells the scale. Otherwise it is the greatest that explains the vector,
/// because twice the counts explain it as well, or the one that rounds best.
Inverter::Bag Inverter::countsOf(const Support& support, double noise)
{
    if (!support.members.empty() && support.members.front() == Support::kKnown && support.weights.front() > kWeightMin) {
        return scaled(support, support.weights.front());
    }
    const double heaviest = support.weights.empty() ? 0 : std::ranges::max(support.weights);
    Bag best = scaled(support, std::numeric_limits<double>::infinity());
    double least = std::numeric_limits<double>::infinity();
    if (heaviest <= kWeightMin) {
        return best;
    }
    const double lowest = heaviest / kScaleStep;
    for (int i = 0; i < kScales; ++i) {
        const double scale = heaviest * std::pow(lowest / heaviest, static_cast<double>(i) / (kScales - 1));
        Bag bag = scaled(support, scale);
        if (bag.size > 0 && bag.error() <= kPursueUntil * noise) {
            return bag;
        }
        const double error = bag.error() + kTokenCharge * static_cast<double>(bag.members.size()) +
            kCountCharge * static_cast<double>(bag.size);
        if (bag.size > 0 && error < least) {
            least = error;
            best = std::move(bag);
        }
    }
    return best;
}

/// The best of all single additions, removals and exchanges, if it makes the error smaller.
bool Inverter::improve(Bag& bag)
{
    constexpr std::uint32_t kNone = Support::kKnown;
    double least = bag.error() - kProgressMin;
    std::uint32_t drop = kNone;
    std::uint32_t add = kNone;
    const auto tryAdding = [&](std::uint32_t without) {
        const std::vector<double>* less = without == kNone ? nullptr : &column(without);
        const double square = less == nullptr ? bag.square : bag.square - 2 * bag.products[without] + m_squares[without];
        const double withVector = less == nullptr ? bag.withVector : bag.withVector - m_withVector[without];
        if (const double error = distance(withVector, square); less != nullptr && error < least) {
            least = error;
            drop = without;
            add = kNone;
        }
        for (std::uint32_t i = 0; i < size(); ++i) {
            const double product = bag.products[i] - (less == nullptr ? 0 : (*less)[i]);
            const double error = distance(withVector + m_withVector[i], square + 2 * product + m_squares[i]);
            if (error < least) {
                least = error;
                drop = without;
                add = i;
            }
        }
    };
    tryAdding(kNone);
    for (const std::uint32_t member : bag.members) {
        tryAdding(member);
    }
    if (drop == kNone && add == kNone) {
        return false;
    }
    if (drop != kNone) {
        change(bag, drop, -1);
    }
    if (add != kNone) {
        change(bag, add, 1);
    }
    return true;
}

void Inverter::polish(double noise, Bag& bag)
{
    for (std::size_t round = 0; round < kRoundsMax && bag.size < kTokensMax && bag.error() > kPolishUntil * noise; ++round) {
        if (!improve(bag)) {
            return;
        }
    }
}

Inversion Inverter::invert(std::span<const float> vector, float noise, std::span<const float> knownRows)
{
    startFrom(vector, knownRows);
    Support support;
    pursue(static_cast<double>(noise), support);
    Bag bag = countsOf(support, static_cast<double>(noise));
    polish(static_cast<double>(noise), bag);
    Inversion result;
    for (const std::uint32_t member : bag.members) {
        result.bag.push_back({m_rows.tokens[member], bag.counts[member]});
    }
    std::ranges::sort(result.bag, {}, &TokenCount::token);
    result.error = static_cast<float>(bag.error());
    result.isWithinNoise = bag.error() <= kPursueUntil * static_cast<double>(noise);
    return result;
}

} // namespace carma::heal
