// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/vector_index.h"
#include "support/test_main.h"

#include <QTest>
#include <cmath>
#include <limits>
#include <random>

using namespace carma;
using namespace carma::index;

namespace {

std::vector<float> randomVector(std::mt19937& random, std::size_t dimension)
{
    std::normal_distribution<float> normal;
    std::vector<float> vector(dimension);
    for (float& value : vector) {
        value = normal(random);
    }
    return vector;
}

FixedVector fixed(const std::vector<float>& vector)
{
    FixedVector out(vector.size());
    toFixed(vector, out);
    return out;
}

double cosine(const std::vector<float>& a, const std::vector<float>& b)
{
    double dot = 0;
    double aa = 0;
    double bb = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        dot += static_cast<double>(a[i]) * static_cast<double>(b[i]);
        aa += static_cast<double>(a[i]) * static_cast<double>(a[i]);
        bb += static_cast<double>(b[i]) * static_cast<double>(b[i]);
    }
    return dot / std::sqrt(aa * bb);
}

} // namespace

class TestVectorIndex : public QObject {
    Q_OBJECT
private slots:
    void cosinesAreTrueToAFewMillionths_data()
    {
        QTest::addColumn<std::size_t>("dimension");
        for (const std::size_t dimension : {1U, 2U, 7U, 16U, 31U, 33U, 256U, 384U}) {
            QTest::addRow("%zu", dimension) << dimension;
        }
    }

    void cosinesAreTrueToAFewMillionths()
    {
        QFETCH(std::size_t, dimension);
        std::mt19937 random(5);
        VectorIndex index(dimension);
        std::vector<std::vector<float>> vectors;
        for (int i = 0; i < 50; ++i) {
            vectors.push_back(randomVector(random, dimension));
            index.append(fixed(vectors.back()));
        }
        std::vector<std::int32_t> dots(index.size());
        index.dots(fixed(vectors[7]), dots);
        for (std::size_t i = 0; i < vectors.size(); ++i) {
            QVERIFY(std::abs(static_cast<double>(dots[i]) / static_cast<double>(kFixedDotOne) - cosine(vectors[7], vectors[i])) < 6e-5);
        }
    }

    void numbersAreRoundedToTheNearest()
    {
        std::mt19937 random(6);
        for (const std::size_t dimension : {1U, 2U, 5U, 256U}) {
            const std::vector<float> vector = randomVector(random, dimension);
            double squares = 0;
            for (const float value : vector) {
                squares += static_cast<double>(value) * static_cast<double>(value);
            }
            const FixedVector rounded = fixed(vector);
            for (std::size_t i = 0; i < dimension; ++i) {
                const double wanted = static_cast<double>(vector[i]) * kFixedOne / std::sqrt(squares);
                QVERIFY(std::abs(rounded[i] - wanted) <= 0.5 + 1e-9);
            }
        }
    }

    void theLargestProductDoesNotOverflow()
    {
        VectorIndex index(2);
        index.append(FixedVector{32767, 0});
        index.append(FixedVector{0, -32767});
        index.append(FixedVector{-32767, 0});
        std::vector<std::int32_t> dots(3);
        index.dots(FixedVector{32767, 0}, dots);
        QCOMPARE(dots, (std::vector<std::int32_t>{1073676289, 0, -1073676289}));
    }

    void refusesNumbersThatAreNotFinite()
    {
        FixedVector out(2, 1);
        QVERIFY(!toFixed(std::vector<float>{1, std::numeric_limits<float>::quiet_NaN()}, out));
        QCOMPARE(out, (FixedVector{0, 0}));
        QVERIFY(!toFixed(std::vector<float>{std::numeric_limits<float>::infinity(), 0}, out));
        QVERIFY(toFixed(std::vector<float>{1e-30F, -1e30F}, out));
        QCOMPARE(out, (FixedVector{0, -32767}));
    }

    void zeroVectorsAreAbsent()
    {
        VectorIndex index(2);
        index.append(FixedVector{0, 0, 32767, 0});
        QVERIFY(!index.has(0));
        QVERIFY(index.has(1));
    }

    void forgottenVectorsAreOverwritten()
    {
        VectorIndex index(2);
        index.append(FixedVector{32767, 0, 0, 32767, 0, 0});
        const std::int16_t* memory = index.at(0).data();
        index.compact(std::vector<Slot>{kGone, 0, kGone});
        QCOMPARE(index.size(), std::size_t{1});
        QVERIFY(index.has(0));
        QCOMPARE(FixedVector(memory, memory + 2), (FixedVector{0, 32767}));
        QCOMPARE(FixedVector(memory + 2, memory + 6), (FixedVector{0, 0, 0, 0})); // capacity that is still allocated
    }

    void readsBackWhatItWroteAndRefusesTheRest()
    {
        VectorIndex index(2);
        index.append(FixedVector{32767, 0, 0, 0, 23170, 23170});
        Bytes bytes;
        index.encode(bytes);
        const auto read = [&](ByteView from, std::size_t count) {
            SnapshotReader reader(std::make_shared<SnapshotPages>(from));
            return VectorIndex::decode(reader, 2, count);
        };
        const auto decoded = read(bytes, 3);
        VERIFY_OK(decoded);
        QVERIFY(decoded->has(0) && !decoded->has(1));
        QCOMPARE(decoded->at(2)[1], std::int16_t{23170});
        COMPARE_ERROR(read(bytes, 400), ErrorCode::Corruption);
        COMPARE_ERROR(read(bytes, std::numeric_limits<std::uint32_t>::max()), ErrorCode::Corruption);
        for (std::size_t size = 0; size < bytes.size(); ++size) {
            COMPARE_ERROR(read(ByteView(bytes).first(size), 3), ErrorCode::Corruption);
        }
    }
};

CARMA_TEST_CLASS(TestVectorIndex, "test_vector_index")
#include "test_vector_index.moc"
