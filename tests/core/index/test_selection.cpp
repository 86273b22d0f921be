// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/selection_kernel.h"
#include "support/test_main.h"

#include <QTest>
#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <random>

using namespace carma;
using namespace carma::index;

namespace {

std::vector<float> randomValues(std::size_t count)
{
    std::mt19937 random(9);
    std::normal_distribution<float> normal;
    std::vector<float> values(count);
    std::ranges::generate(values, [&] { return normal(random); });
    return values;
}

} // namespace

class TestSelection : public QObject {
    Q_OBJECT

private slots:
    void placesAreThoseOfTheLargeValues()
    {
        constexpr float kInfinity = std::numeric_limits<float>::infinity();
        for (const std::size_t count : {0U, 1U, 15U, 16U, 17U, 100U}) {
            std::vector<float> values(count);
            std::vector<std::uint32_t> wanted;
            for (std::size_t i = 0; i < count; ++i) {
                values[i] = i % 7 == 3 ? std::numeric_limits<float>::quiet_NaN() : static_cast<float>(i * 5 % 11);
                if (values[i] >= 4.0F) {
                    wanted.push_back(static_cast<std::uint32_t>(i));
                }
            }
            std::vector<std::uint32_t> places(count);
            places.resize(placesFrom(values, 4.0F, places));
            QVERIFY(places == wanted);
            places.resize(count);
            QCOMPARE(placesFrom(values, -kInfinity, places),
                static_cast<std::size_t>(std::ranges::count_if(values, [](float v) { return !std::isnan(v); })));
        }
    }

    void theLeastOfTheBestIsTold()
    {
        for (const std::size_t count : {1U, 15U, 16U, 17U, 625U}) {
            const std::vector<float> values = randomValues(count);
            for (const std::size_t rank : {std::size_t{0}, count / 3, count - 1}) {
                const float bound = leastOfBest(values, rank);
                std::vector<float> sorted = values;
                std::ranges::sort(sorted, std::greater{});
                QVERIFY(bound <= sorted[rank]);
                QVERIFY(bound >= sorted[rank] - 1e-3F);
            }
        }
        QCOMPARE(leastOfBest(std::vector<float>(40, 2.0F), 20), 2.0F);
    }

    void aSampleTellsWhereTheBestBegin()
    {
        std::vector<float> sample;
        const std::vector<float> values = randomValues(10'000);
        for (const std::size_t count : {50U, 200U, 1000U}) {
            const float least = leastOfMany(values, count, sample);
            const auto above = static_cast<std::size_t>(std::ranges::count_if(values, [&](float value) { return value >= least; }));
            QVERIFY2(above >= count && above <= 3 * count, std::to_string(above).c_str());
        }
        QVERIFY(std::isinf(leastOfMany(std::span(values).first(20), 10, sample)));
        QVERIFY(std::isinf(leastOfMany({}, 10, sample)));
    }

    void spreadsAreSums()
    {
        for (const std::size_t count : {0U, 1U, 15U, 16U, 17U, 1000U}) {
            const std::vector<float> values = randomValues(count);
            std::vector<float> weights(count);
            Spread plain;
            Spread weighed;
            for (std::size_t i = 0; i < count; ++i) {
                weights[i] = static_cast<float>(1 + i % 5);
                const auto value = static_cast<double>(values[i]);
                plain.sum += value;
                plain.squares += value * value;
                weighed.sum += static_cast<double>(weights[i]) * value;
                weighed.squares += static_cast<double>(weights[i]) * value * value;
            }
            const double slack = 1e-5 * static_cast<double>(count + 1);
            QVERIFY(std::abs(spreadOf(values).sum - plain.sum) <= slack);
            QVERIFY(std::abs(spreadOf(values).squares - plain.squares) <= slack);
            QVERIFY(std::abs(spreadOf(values, weights).sum - weighed.sum) <= 5 * slack);
            QVERIFY(std::abs(spreadOf(values, weights).squares - weighed.squares) <= 5 * slack);
        }
    }
};

CARMA_TEST_CLASS(TestSelection, "test_selection")
#include "test_selection.moc"
