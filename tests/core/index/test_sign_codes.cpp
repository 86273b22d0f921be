// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/sign_codes.h"
#include "index/sign_kernel.h"
#include "index/vector_index.h"
#include "support/test_main.h"

#include <QTest>
#include <array>
#include <cmath>
#include <random>
#include <set>

using namespace carma;
using namespace carma::index;

namespace {

constexpr std::size_t kDimension = 100; // no power of two, no multiple of the places

std::vector<std::int16_t> randomRows(std::size_t count, std::uint32_t seed)
{
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    std::vector<std::int16_t> rows(count * kDimension);
    std::vector<float> floats(kDimension);
    for (std::size_t i = 0; i < count; ++i) {
        for (float& value : floats) {
            value = normal(random) + 0.5F; // all share a direction, as embeddings do
        }
        toFixed(floats, std::span(rows).subspan(i * kDimension, kDimension));
    }
    return rows;
}

std::span<const std::int16_t> row(const std::vector<std::int16_t>& rows, std::size_t at)
{
    return std::span(rows).subspan(at * kDimension, kDimension);
}

std::vector<Slot> nearest(
    const SignCodes& codes, std::span<const std::int16_t> query, std::size_t count, std::span<const std::uint64_t> allowed = {})
{
    SignScratch scratch;
    std::vector<Slot> found;
    codes.nearest(query, count, allowed, scratch, found);
    return found;
}

} // namespace

class TestSignCodes : public QObject {
    Q_OBJECT

private slots:
    void sumsAreThoseOfTheTables()
    {
        std::mt19937 random(1);
        for (const std::size_t places : {8U, 16U, 64U, 1040U}) {
            constexpr std::size_t kBlocks = 3;
            std::vector<std::uint8_t> codes(kBlocks * places * kSignTable);
            std::vector<std::uint8_t> tables(places * kSignTable);
            for (auto& code : codes) {
                code = static_cast<std::uint8_t>(random());
            }
            for (auto& entry : tables) {
                entry = places == 1040 ? kSignEntryMax : static_cast<std::uint8_t>(random() % (kSignEntryMax + 1));
            }
            std::vector<std::uint16_t> sums(kBlocks * kSignBlock);
            signSums(codes.data(), kBlocks, places, tables.data(), sums.data());
            for (std::size_t at = 0; at < sums.size(); ++at) {
                unsigned sum = 0;
                for (std::size_t place = 0; place < places; ++place) {
                    const unsigned byte = codes[(at / kSignBlock * places + place) * kSignTable + at % kSignTable];
                    sum += tables[place * kSignTable + (at % kSignBlock < kSignTable ? byte & 15U : byte >> 4U)];
                }
                QCOMPARE(unsigned{sums[at]}, sum);
            }
        }
    }

    void productsAreThoseOfTheirSums()
    {
        for (const std::size_t count : {0U, 1U, 15U, 16U, 17U, 100U}) {
            std::vector<std::uint16_t> sums(count);
            std::vector<float> factors(count);
            for (std::size_t i = 0; i < count; ++i) {
                sums[i] = static_cast<std::uint16_t>(i * 977);
                factors[i] = 0.5F + static_cast<float>(i);
            }
            std::vector<float> products(count, -1.0F);
            signProducts(sums, factors, -3.0F, 0.25F, products);
            for (std::size_t i = 0; i < count; ++i) {
                const float wanted = factors[i] * (-3.0F + 0.25F * static_cast<float>(sums[i]));
                QVERIFY(std::abs(products[i] - wanted) <= 1e-5F * std::abs(wanted));
            }
        }
    }

    void tablesHoldTheSumsOfAllSigns()
    {
        const std::vector<float> query{0.5F, -1.0F, 2.0F, 0.25F, 0.0F, 0.0F, 0.0F, 0.0F};
        std::vector<std::uint8_t> tables(2 * kSignTable);
        signTables(query, 8.0F, tables);
        for (std::size_t code = 0; code < kSignTable; ++code) {
            float sum = 3.75F; // of the sizes: what the least sum is below nothing
            for (std::size_t k = 0; k < 4; ++k) {
                sum += (code >> k & 1U) != 0 ? query[k] : -query[k];
            }
            QCOMPARE(unsigned{tables[code]}, std::min(static_cast<unsigned>(sum * 8.0F + 0.5F), kSignEntryMax));
            QCOMPARE(unsigned{tables[kSignTable + code]}, 0U);
        }
    }

    void estimatesAreNearTheProducts()
    {
        const auto rows = randomRows(2000, 3);
        VectorIndex index(kDimension);
        index.append(rows);
        QVERIFY(index.estimates(NearScratch()).empty());
        index.prepareCodes(rows);
        NearScratch scratch;
        std::vector<Near> found;
        index.nearest(row(rows, 7), 10, {}, scratch, found);
        const auto estimates = index.estimates(scratch);
        QCOMPARE(estimates.size(), index.size());
        std::vector<std::int32_t> dots(index.size());
        index.dots(row(rows, 7), dots);
        double bias = 0;
        double error = 0;
        for (std::size_t i = 0; i < dots.size(); ++i) {
            const float estimate = (estimates[i] + scratch.signs.meanProduct) / kFixedDotOne;
            const auto difference = static_cast<double>(estimate - static_cast<float>(dots[i]) / kFixedDotOne);
            bias += difference / static_cast<double>(dots.size());
            error += std::abs(difference) / static_cast<double>(dots.size());
        }
        QVERIFY2(std::abs(bias) < 0.01 && error < 0.08, QByteArray::number(bias) + " " + QByteArray::number(error));
    }

    void findsTheNearestAmongFew()
    {
        const auto rows = randomRows(2000, 2);
        SignCodes codes(kDimension, rows);
        codes.append(rows);
        double recall = 0;
        for (std::size_t q = 0; q < 50; ++q) {
            std::vector<float> floats(kDimension);
            std::mt19937 random(static_cast<std::uint32_t>(q));
            std::normal_distribution<float> normal;
            for (std::size_t i = 0; i < kDimension; ++i) {
                floats[i] = static_cast<float>(row(rows, q * 7)[i]) / 32767.0F + 0.08F * normal(random);
            }
            FixedVector query(kDimension);
            toFixed(floats, query);
            const auto found = nearest(codes, query, 60);
            QVERIFY(found.size() >= 60 && found.size() <= 180);
            QCOMPARE(std::set<Slot>(found.begin(), found.end()).size(), found.size());
            recall += std::ranges::count(found, static_cast<Slot>(q * 7)) != 0 ? 0.02 : 0;
        }
        QVERIFY2(recall > 0.95, std::to_string(recall).c_str());
    }

    void onlyAllowedSlotsAreFound()
    {
        const auto rows = randomRows(500, 3);
        SignCodes codes(kDimension, rows);
        codes.append(rows);
        std::array<std::uint64_t, 8> allowed{};
        allowed[1] = 0xF0;
        auto found = nearest(codes, row(rows, 0), 40, allowed);
        std::ranges::sort(found);
        QVERIFY((found == std::vector<Slot>{68, 69, 70, 71}));
    }

    void asManyAsThereAre()
    {
        const auto rows = randomRows(37, 4);
        SignCodes codes(kDimension, rows);
        QVERIFY(nearest(codes, row(rows, 0), 10).empty());
        codes.append(rows);
        QCOMPARE(nearest(codes, row(rows, 0), 100).size(), std::size_t{37});
        QVERIFY(nearest(codes, row(rows, 0), 10).size() >= 10);
    }

    void equalRowsAreNotAllTaken()
    {
        std::vector<std::int16_t> rows;
        const auto one = randomRows(1, 5);
        for (int i = 0; i < 3000; ++i) {
            rows.insert(rows.end(), one.begin(), one.end());
        }
        SignCodes codes(kDimension, randomRows(100, 6));
        codes.append(rows);
        QCOMPARE(nearest(codes, one, 50).size(), std::size_t{50});
    }

    void compactCodesAreThoseOfTheRowsThatStay()
    {
        const auto rows = randomRows(300, 7);
        SignCodes codes(kDimension, rows);
        codes.append(row(rows, 0));
        codes.append(std::span(rows).subspan(kDimension)); // in two steps, within a block
        std::vector<Slot> newSlots(300, kGone);
        std::vector<std::int16_t> kept;
        Slot next = 0;
        for (std::size_t slot = 0; slot < 300; ++slot) {
            if (slot % 3 != 1) {
                newSlots[slot] = next++;
                const auto stays = row(rows, slot);
                kept.insert(kept.end(), stays.begin(), stays.end());
            }
        }
        codes.compact(newSlots);
        const auto more = randomRows(20, 8);
        codes.append(more);
        kept.insert(kept.end(), more.begin(), more.end());
        SignCodes fresh(kDimension, rows);
        fresh.append(kept);
        QCOMPARE(codes.size(), fresh.size());
        for (std::size_t q = 0; q < 20; ++q) {
            QVERIFY(nearest(codes, row(rows, q), 30) == nearest(fresh, row(rows, q), 30));
        }
    }
};

CARMA_TEST_CLASS(TestSignCodes, "test_sign_codes")
#include "test_sign_codes.moc"
