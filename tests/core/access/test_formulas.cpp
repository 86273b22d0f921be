// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "access/compression.h"
#include "access/key_maker.h"
#include "access/meta_key.h"
#include "access/pi_digits.h"
#include "access/world.h"
#include "base/hash.h"
#include "support/seeded_random.h"
#include "support/test_main.h"

#include <QTest>

#include <cmath>
#include <numeric>
#include <set>

using namespace carma;
using namespace carma::access;
using namespace carma::test;

namespace {

/// The formula as it is usually written down, without a domain.
double naive(double a) { return a / (1.0 + std::log(a + 1.0) / std::log(a)); }

std::uint32_t naivePosition(std::uint32_t user) { return static_cast<std::uint32_t>(hash64(asBytes(std::to_string(user)), 0)); }

} // namespace

class TestFormulas : public QObject {
    Q_OBJECT

private slots:
    // Decimals of pi.

    void theDecimalsAreThoseOfPi()
    {
        const PiDigits& pi = builtInPi();
        QCOMPARE(pi.word(0), 14159265U);
        QCOMPARE(pi.word(8), 35897932U);
        QCOMPARE(pi.word(761), 99999983U); // the six nines from decimal 762 on, counted from 1
        QCOMPARE(pi.word(999'992), 79458151U);
        QCOMPARE(pi.decimal(999'999), 1U);
    }

    void positionsWrapAround()
    {
        const PiDigits& pi = builtInPi();
        QCOMPARE(pi.word(1'000'000), pi.word(0));
        QCOMPARE(pi.word(kSeats - 1), pi.word((kSeats - 1) % kPiDecimals));
        QCOMPARE(pi.word(999'996), 81511415U); // over the end to the beginning
        QCOMPARE(pi.word(~std::uint64_t{0}), pi.word(~std::uint64_t{0} % kPiDecimals));
    }

    void damagedDecimalsAreRefused()
    {
        std::string lines(builtInPiLines());
        VERIFY_OK(PiDigits::from(lines));
        lines[500'000] = lines[500'000] == '9' ? '8' : '9';
        COMPARE_ERROR(PiDigits::from(lines), ErrorCode::Corruption);
        COMPARE_ERROR(PiDigits::from(std::string_view(lines).substr(1)), ErrorCode::Corruption);
        COMPARE_ERROR(PiDigits::from({}), ErrorCode::Corruption);
    }

    // f(a) = a / (1 + log_a(a + 1)).

    void compressionIsUndefinedOutsideItsDomain()
    {
        QVERIFY(std::isnan(naive(-2)) && std::isnan(naive(-0.5)));
        for (const double a : {-5.0, -1.0, -0.5, 0.0, 0.3, 0.6180339887498949, 0.8, 1.0, std::nan(""), HUGE_VAL, -HUGE_VAL}) {
            QVERIFY2(!compress(a).has_value(), qPrintable(QString::number(a)));
        }
    }

    void theNaiveFormHasAPoleAndIsNegativeBehindIt()
    {
        constexpr double kPole = 0.6180339887498949; // a * (a + 1) = 1
        QVERIFY(std::abs(naive(kPole - 1e-9)) > 1e6 && std::abs(naive(kPole + 1e-9)) > 1e6);
        for (double a = kPole + 0.001; a < 1; a += 0.01) {
            QVERIFY(naive(a) < 0);
        }
    }

    void compressionIsRightFiniteAndRisesInItsDomain()
    {
        double before = 0;
        for (double a = kDomainMin; a < kDomainMax; a *= 1.01) {
            const auto value = compress(a);
            QVERIFY(value.has_value());
            QVERIFY(std::isfinite(*value) && *value > before);
            QVERIFY(std::abs(*value - naive(a)) <= 1e-9 * naive(a));
            before = *value;
        }
    }

    void theLogarithmIsRight()
    {
        for (double a = 1e-3; a < 1e15; a *= 1.037) {
            QVERIFY(std::abs(naturalLogarithm(a) - std::log(a)) <= 1e-14 * std::max(1.0, std::abs(std::log(a))));
        }
        QCOMPARE(naturalLogarithm(1.0), 0.0);
    }

    void nineNaiveLayersLeaveTheDomainOursDoNot()
    {
        unsigned naiveFailures = 0;
        unsigned failures = 0;
        constexpr unsigned kInputs = 1400;
        for (unsigned input = 1; input <= kInputs; ++input) {
            double a = input;
            double x = input;
            bool sound = true;
            for (unsigned layer = 0; layer < kMetaLayers; ++layer) {
                a = naive(a);
                sound = sound && std::isfinite(a) && a > 0;
                x = transformLayer(layer, compressInDomain(x));
                failures += std::isfinite(x) && x >= 0 ? 0 : 1;
            }
            naiveFailures += sound ? 0 : 1;
        }
        QVERIFY2(naiveFailures > kInputs / 8, qPrintable(QString::number(naiveFailures)));
        QCOMPARE(failures, 0U);
        for (const double x : {-1.0, -1e300, std::nan(""), HUGE_VAL, 0.0, 1e-300}) {
            QVERIFY(std::isfinite(compressInDomain(x)) && compressInDomain(x) > 0);
        }
    }

    // Meta keys.

    void metaKeysAreTheSameEverywhere()
    {
        // Golden values: a machine that gives others would refuse good keys.
        QCOMPARE(metaKey({0, 0, builtInPi().word(0), KeyPermission::ReadOnly}), 740916U);
        QCOMPARE(metaKey({0xDEADBEEF, 7'999'999'999, builtInPi().word(7'999'999'999), KeyPermission::Custom}), 670075U);
        std::uint64_t all = 0;
        for (std::uint32_t i = 0; i < 10'000; ++i) {
            all = all * 1'000'003 + metaKey({i * 2654435761U, std::uint64_t{i} * 799'999, builtInPi().word(i), KeyPermission::Admin});
        }
        QCOMPARE(all, std::uint64_t{2700094603676193121U});
    }

    void manyAtOnceAreThoseOfEachAlone()
    {
        SeededRandom random(9);
        for (std::size_t count = 0; count <= 200; count += count < 20 ? 1 : 60) {
            std::vector<MetaFields> fields(count);
            std::vector<std::string> users(count);
            std::vector<StemFields> of(count);
            for (std::size_t i = 0; i < count; ++i) {
                fields[i].user = static_cast<std::uint32_t>(random.next64());
                fields[i].position = i % 3 == 0 ? kSeats - 1 - i : random.below(kSeats);
                fields[i].piWord = builtInPi().word(fields[i].position);
                fields[i].permission = static_cast<KeyPermission>(i % 5);
                std::array<std::byte, 4> bytes{};
                for (std::size_t byte = 0; byte < bytes.size(); ++byte) {
                    bytes.at(byte) = static_cast<std::byte>(fields[i].user >> (24U - 8U * byte));
                }
                users[i] = toHex(bytes);
                of[i] = {users[i], fields[i].position, fields[i].permission};
            }
            std::vector<std::uint32_t> metas(count);
            metaKeys(fields, metas);
            std::vector<KeyStem> stems(count);
            makeStems(of, stems);
            for (std::size_t i = 0; i < count; ++i) {
                QCOMPARE(metas[i], metaKey(fields[i]));
                QCOMPARE(stems[i].text(), makeStem(users[i], fields[i].position, fields[i].permission).text());
                QCOMPARE(stems[i].parts.meta, metas[i]);
                QCOMPARE(stems[i].parts.piWord, fields[i].piWord);
            }
        }
    }

    void eachFieldCountsAsANumberOfItsOwn()
    {
        // "1" and "23" joined as texts are "12" and "3" as well.
        QVERIFY(metaKey({1, 23, 0, {}}) != metaKey({12, 3, 0, {}}));
        const MetaFields base{77, 1234, 5678, KeyPermission::ReadWrite};
        unsigned same = 0;
        for (unsigned i = 1; i <= 1000; ++i) {
            MetaFields other = base;
            other.user += i;
            same += metaKey(other) == metaKey(base) ? 1 : 0;
            other = base;
            other.position += i;
            same += metaKey(other) == metaKey(base) ? 1 : 0;
            other = base;
            other.piWord += i;
            same += metaKey(other) == metaKey(base) ? 1 : 0;
        }
        QVERIFY2(same < 5, qPrintable(QString::number(same)));
        std::set<std::uint32_t> permissions;
        for (std::uint8_t i = 0; i < 5; ++i) {
            permissions.insert(metaKey({77, 1234, 5678, static_cast<KeyPermission>(i)}));
        }
        QCOMPARE(permissions.size(), std::size_t{5});
    }

    void metaKeysFillTheirRange()
    {
        std::set<std::uint32_t> seen;
        for (std::uint64_t position = 0; position < 100'000; ++position) {
            const std::uint32_t meta = metaKey({0x12345678, position, builtInPi().word(position), KeyPermission::ReadOnly});
            QVERIFY(meta < kMetaKeys);
            seen.insert(meta);
        }
        QVERIFY2(seen.size() > 80'000, qPrintable(QString::number(seen.size()))); // 95,163 if they were drawn
    }

    // Keys and seats.

    void keysOfOneOwnerDifferByTheirSecret()
    {
        SeededRandom random(5);
        KeyMaker maker(random);
        const KeyStem stem = makeStem("0123abcd", 17, KeyPermission::ReadOnly);
        std::set<std::string> seen;
        for (unsigned i = 0; i < 1000; ++i) {
            std::array<char, kKeyFormMax> text{};
            seen.emplace(text.data(), maker.make(stem, text));
        }
        QCOMPARE(seen.size(), std::size_t{1000});
    }

    void positionsFromHashesCollideSeatsDoNot()
    {
        // A hash of 32 bits has its first collision near 77,162 users in half of all worlds; with 300,000 it is all but certain.
        std::set<std::uint32_t> hashed;
        for (std::uint32_t user = 0; user < 300'000; ++user) {
            hashed.insert(naivePosition(user));
        }
        QVERIFY(hashed.size() < 300'000);
        // A seat is block * 60 + slot, and back: nothing is hashed.
        for (const std::uint64_t seat : {std::uint64_t{0}, std::uint64_t{59}, std::uint64_t{60}, kSeats - 1}) {
            KeyParts parts;
            parts.position = seat;
            QCOMPARE(parts.block() * kSeatsABlock + parts.slot(), seat);
        }
    }

    void everybodyHasASeat()
    {
        QCOMPARE(kUsers / kSeatsABlock, std::uint64_t{133'333'333}); // rounded down, 20 people stand
        QCOMPARE(kBlocks, std::uint64_t{133'333'334});
        QCOMPARE(kSeats, std::uint64_t{8'000'000'040});
    }

    void sixtyUsersOfABlockHaveSixtySlots()
    {
        std::set<std::uint64_t> fromOneHash;
        std::set<std::uint64_t> seats;
        for (std::uint32_t user = 0; user < kSeatsABlock; ++user) {
            fromOneHash.insert(naivePosition(user) % kSeatsABlock);
            KeyParts parts;
            parts.position = 60'000 + user;
            QCOMPARE(parts.block(), std::uint64_t{1000});
            seats.insert(parts.slot());
        }
        QVERIFY(fromOneHash.size() < 50);
        QCOMPARE(seats.size(), std::size_t{60});
    }

    void regionsSumExactly()
    {
        QCOMPARE(std::accumulate(kRegionWeights.begin(), kRegionWeights.end(), std::uint64_t{0}), std::uint64_t{1313}); // not 1,333
        for (const std::uint64_t total : {kBlocks, kSeats, std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{7}, std::uint64_t{1312}}) {
            const auto parts = shareOut(total, kRegionWeights);
            QCOMPARE(std::accumulate(parts.begin(), parts.end(), std::uint64_t{0}), total);
        }
        const auto parts = shareOut(1313, kRegionWeights);
        QVERIFY(parts == kRegionWeights);
    }

    void aSiteThatHasNoNetworkLeftSaysSo()
    {
        QCOMPARE(siteNetwork(0).value(), std::string("10.0.0.0/24"));
        QCOMPARE(siteNetwork(65'535).value(), std::string("10.255.255.0/24"));
        COMPARE_ERROR(siteNetwork(65'536), ErrorCode::LimitExceeded);
    }

    // Magic squares.

    void everySquareIsMagic()
    {
        SeededRandom random(9);
        std::set<std::array<std::uint32_t, 9>> seen;
        for (unsigned i = 0; i < 20'000; ++i) {
            const MagicSquare square = squareOf(random.next());
            QVERIFY(square.holds());
            seen.insert(square.cells);
        }
        QVERIFY(seen.size() > 19'990);
        QVERIFY(squareOf(0).holds() && squareOf(~std::uint64_t{0}).holds());
        for (std::size_t cell = 0; cell < 9; ++cell) {
            MagicSquare wrong = squareOf(12345);
            ++wrong.cells.at(cell);
            QVERIFY(!wrong.holds());
        }
        QVERIFY(!MagicSquare{}.holds());
    }

    void theEightSymmetriesDiffer()
    {
        std::set<std::array<std::uint32_t, 9>> seen;
        for (std::uint64_t symmetry = 0; symmetry < 8; ++symmetry) {
            seen.insert(squareOf(symmetry).cells);
        }
        QCOMPARE(seen.size(), std::size_t{8});
        QVERIFY((squareOf(0).cells == std::array<std::uint32_t, 9>{4, 9, 2, 3, 5, 7, 8, 1, 6}));
        QVERIFY((squareOf(4).cells == std::array<std::uint32_t, 9>{4, 3, 8, 9, 5, 1, 2, 7, 6}));
    }

    void squaresAreDrawn()
    {
        const std::string text = squareText(squareOf(0));
        QCOMPARE(std::ranges::count(text, '\n'), std::ptrdiff_t{7});
        QVERIFY(text.find("|       4 |       9 |       2 |") != std::string::npos);
        const std::string svg = squareSvg(squareOf(~std::uint64_t{0}));
        QVERIFY(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"));
        QVERIFY(svg.find(std::to_string(squareOf(~std::uint64_t{0}).cells[8])) != std::string::npos);
    }
};

CARMA_TEST_CLASS(TestFormulas, "test_formulas")

#include "test_formulas.moc"
