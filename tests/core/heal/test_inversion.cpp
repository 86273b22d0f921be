// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "heal/inversion.h"
#include "support/seeded_random.h"
#include "support/test_main.h"

#include <QTest>
#include <algorithm>
#include <cmath>
#include <map>
#include <random>

using namespace carma;
using namespace carma::heal;

namespace {

constexpr std::size_t kDimension = 128;
constexpr float kStep = 1.0F / 32767;

/// Rows of random directions and lengths, as a model's are.
TokenRows randomRows(std::size_t tokens, std::uint32_t seed)
{
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    TokenRows rows;
    rows.dimension = kDimension;
    for (std::uint32_t token = 0; token < tokens; ++token) {
        rows.tokens.push_back(1000 + token);
        const float length = 0.5F + std::abs(normal(random));
        for (std::size_t i = 0; i < kDimension; ++i) {
            rows.rows.push_back(length * normal(random));
        }
        rows.prior.push_back(0);
    }
    return rows;
}

/// The normalised sum of the rows of `bag`, and `known` once, rounded as an index keeps it.
std::vector<float> vectorOf(const TokenRows& rows, const std::vector<TokenCount>& bag, std::span<const float> known = {})
{
    std::vector<double> sum(kDimension);
    for (std::size_t i = 0; i < known.size(); ++i) {
        sum[i % kDimension] += static_cast<double>(known[i]);
    }
    for (const TokenCount& one : bag) {
        for (std::size_t i = 0; i < kDimension; ++i) {
            sum[i] += one.count * static_cast<double>(rows.rows[(one.token - 1000) * kDimension + i]);
        }
    }
    double square = 0;
    for (const double value : sum) {
        square += value * value;
    }
    std::vector<float> vector;
    for (const double value : sum) {
        vector.push_back(static_cast<float>(std::round(value / std::sqrt(square) / static_cast<double>(kStep))) * kStep);
    }
    return vector;
}

std::vector<TokenCount> randomBag(std::size_t distinct, std::size_t tokens, std::uint32_t seed)
{
    std::mt19937 random(seed);
    std::map<std::uint32_t, std::uint32_t> counts;
    while (counts.size() < distinct) {
        counts[static_cast<std::uint32_t>(1000 + random() % tokens)] += 1 + (random() % 4 == 0 ? 1 : 0);
    }
    std::vector<TokenCount> bag;
    for (const auto& [token, count] : counts) {
        bag.push_back({token, count});
    }
    return bag;
}

float noise() { return kStep * std::sqrt(static_cast<float>(kDimension) / 12); }

QString textOf(const std::vector<TokenCount>& bag)
{
    QString text;
    for (const TokenCount& one : bag) {
        text += QString("%1x%2 ").arg(one.token).arg(one.count);
    }
    return text;
}

} // namespace

class TestInversion : public QObject {
    Q_OBJECT

private slots:
    void bagsComeBackWithTheirCounts()
    {
        const TokenRows rows = randomRows(800, 1);
        Inverter inverter(rows);
        for (std::uint32_t seed = 1; seed <= 12; ++seed) {
            const auto bag = randomBag(2 + 2 * seed, 800, seed);
            const Inversion found = inverter.invert(vectorOf(rows, bag), noise());
            QVERIFY2(found.isWithinNoise, qPrintable(QString("seed %1: error %2").arg(seed).arg(static_cast<double>(found.error))));
            QCOMPARE(textOf(found.bag), textOf(bag));
        }
    }

    void whatIsKnownTellsTheLength()
    {
        const TokenRows rows = randomRows(500, 2);
        const std::span<const float> known(rows.rows.data(), 2 * kDimension); // the first two tokens are in the title
        Inverter inverter(rows);
        const std::vector<TokenCount> bag{{1100, 2}, {1200, 4}, {1300, 2}}; // without the title 1, 2, 1 would do as well
        const Inversion found = inverter.invert(vectorOf(rows, bag, known), noise(), known);
        QVERIFY(found.isWithinNoise);
        QCOMPARE(textOf(found.bag), textOf(bag));
    }

    void theFewestTokensAreTaken()
    {
        const TokenRows rows = randomRows(500, 3);
        Inverter inverter(rows);
        const Inversion found = inverter.invert(vectorOf(rows, {{1001, 6}, {1002, 3}}), noise());
        QCOMPARE(textOf(found.bag), textOf({{1001, 2}, {1002, 1}}));
    }

    void aVectorOfOtherTokensDoesNotFit()
    {
        const TokenRows rows = randomRows(300, 4);
        const TokenRows others = randomRows(300, 5);
        Inverter inverter(rows);
        const Inversion found = inverter.invert(vectorOf(others, randomBag(10, 300, 1)), noise());
        QVERIFY(!found.isWithinNoise);
        QVERIFY(found.error > 0.01F);
    }

    void nothingComesOfNothing()
    {
        Inverter none(TokenRows{.dimension = kDimension, .tokens = {}, .rows = {}, .prior = {}});
        QVERIFY(!none.invert(std::vector<float>(kDimension, 0.1F), noise()).isWithinNoise);
        Inverter inverter(randomRows(50, 6));
        const Inversion found = inverter.invert(std::vector<float>(kDimension), noise());
        QVERIFY(!found.isWithinNoise);
    }
};

CARMA_TEST_CLASS(TestInversion, "test_inversion")
#include "test_inversion.moc"
