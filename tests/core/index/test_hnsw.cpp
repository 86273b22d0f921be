// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "index/hnsw.h"
#include "index/vector_index.h"
#include "support/test_main.h"

#include <QTest>
#include <algorithm>
#include <atomic>
#include <cmath>
#include <random>
#include <set>
#include <thread>

using namespace carma;
using namespace carma::index;

namespace {

constexpr std::size_t kDimension = 48; // no power of two, and rows are padded

/// Unit vectors in clusters, with one number that is much larger than the others, as embeddings of text have.
FixedVector randomVectors(std::size_t count, std::uint32_t seed)
{
    std::mt19937 random(99);
    std::normal_distribution<float> normal;
    std::vector<float> centres(20 * kDimension); // the same for every seed
    for (float& value : centres) {
        value = normal(random);
    }
    random.seed(seed);
    FixedVector vectors(count * kDimension);
    std::vector<float> one(kDimension);
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t centre = random() % 20;
        for (std::size_t k = 0; k < kDimension; ++k) {
            one[k] = centres[centre * kDimension + k] + 0.7F * normal(random);
        }
        one[3] += 6;
        toFixed(one, std::span(vectors).subspan(i * kDimension, kDimension));
    }
    return vectors;
}

std::span<const std::int16_t> at(const FixedVector& vectors, std::size_t i)
{
    return std::span(vectors).subspan(i * kDimension, kDimension);
}

VectorIndex indexOf(const FixedVector& vectors)
{
    VectorIndex index(kDimension);
    index.append(vectors);
    index.prepareGraph();
    NearScratch scratch;
    index.link(vectors.size(), scratch.graph);
    return index;
}

std::vector<Slot> exactBest(const VectorIndex& index, std::span<const std::int16_t> query, std::size_t count, AllowedSlots allowed = {})
{
    std::vector<std::int32_t> dots(index.size());
    index.dots(query, dots);
    std::vector<Slot> best;
    for (Slot slot = 0; slot < index.size(); ++slot) {
        if (index.has(slot) && (allowed.empty() || (allowed[slot / 64] >> (slot % 64) & 1U) != 0)) {
            best.push_back(slot);
        }
    }
    std::ranges::sort(best, [&](Slot a, Slot b) { return dots[a] != dots[b] ? dots[a] > dots[b] : a < b; });
    best.resize(std::min(best.size(), count));
    return best;
}

Slot nearestOf(const std::vector<Near>& found) { return std::ranges::max_element(found, {}, &Near::dot)->slot; }

double recall(const VectorIndex& index, const FixedVector& queries, AllowedSlots allowed = {})
{
    NearScratch scratch;
    std::vector<Near> found;
    double hits = 0;
    double wanted = 0;
    for (std::size_t i = 0; i < queries.size() / kDimension; ++i) {
        index.nearest(at(queries, i), 48, allowed, scratch, found);
        std::set<Slot> best;
        for (const Near& near : found) {
            best.insert(near.slot);
        }
        for (const Slot slot : exactBest(index, at(queries, i), 10, allowed)) {
            hits += best.contains(slot) ? 1 : 0;
            ++wanted;
        }
    }
    return hits / std::max(wanted, 1.0);
}

Bytes linksOf(const VectorIndex& index)
{
    Bytes bytes;
    index.encode(bytes);
    return bytes;
}

} // namespace

class TestHnsw : public QObject {
    Q_OBJECT
private slots:
    void findsTheNearest()
    {
        const VectorIndex index = indexOf(randomVectors(3000, 1));
        QVERIFY2(recall(index, randomVectors(60, 2)) > 0.97, std::to_string(recall(index, randomVectors(60, 2))).c_str());
        NearScratch scratch;
        std::vector<Near> found;
        const FixedVector query = randomVectors(1, 9);
        index.nearest(query, 20, {}, scratch, found);
        QCOMPARE(found.size(), std::size_t{20});
        std::vector<std::int32_t> dots(index.size());
        index.dots(query, dots);
        for (const Near& near : found) {
            QCOMPARE(near.dot, dots[near.slot]); // exact products
        }
    }

    void equalOrderMakesEqualGraphs()
    {
        const FixedVector vectors = randomVectors(1500, 3);
        VectorIndex slices(kDimension);
        slices.prepareGraph();
        NearScratch scratch;
        for (std::size_t begin = 0; begin < 1500; begin += 100) {
            slices.append(std::span(vectors).subspan(begin * kDimension, 100 * kDimension));
            slices.link(30, scratch.graph);
        }
        QVERIFY(slices.unlinked() > 0);
        slices.link(1500, scratch.graph);
        QCOMPARE(toHex(linksOf(slices)), toHex(linksOf(indexOf(vectors))));
    }

    void whatIsNotLinkedIsFoundAllTheSame()
    {
        const FixedVector vectors = randomVectors(800, 4);
        VectorIndex index(kDimension);
        index.append(std::span(vectors).first(600 * kDimension));
        index.prepareGraph();
        NearScratch scratch;
        index.link(600, scratch.graph);
        index.append(std::span(vectors).subspan(600 * kDimension));
        QCOMPARE(index.unlinked(), std::size_t{200});
        std::vector<Near> found;
        for (Slot slot = 590; slot < 800; slot += 7) {
            index.nearest(at(vectors, slot), 10, {}, scratch, found);
            QCOMPARE(nearestOf(found), slot);
        }
    }

    void onlyAllowedSlotsAreAnswered()
    {
        const VectorIndex index = indexOf(randomVectors(12000, 5));
        const FixedVector queries = randomVectors(30, 6);
        std::vector<std::uint64_t> allowed((index.size() + 63) / 64, 0x5555555555555555U);
        NearScratch scratch;
        std::vector<Near> found;
        index.nearest(at(queries, 0), 40, allowed, scratch, found);
        QVERIFY(std::ranges::all_of(found, [](const Near& near) { return near.slot % 2 == 0; }));
        QVERIFY(recall(index, queries, allowed) > 0.95);
        std::vector<std::uint64_t> few((index.size() + 63) / 64);
        few[3] = 0xFF;
        index.nearest(at(queries, 0), 40, few, scratch, found);
        QCOMPARE(found.size(), std::size_t{8});
    }

    void leaversAreGoneAndTheOthersStayConnected()
    {
        const FixedVector vectors = randomVectors(3000, 8);
        VectorIndex index = indexOf(vectors);
        std::vector<Slot> newSlots(3000);
        FixedVector kept;
        Slot next = 0;
        for (Slot slot = 0; slot < 3000; ++slot) {
            newSlots[slot] = slot % 3 == 0 ? kGone : next++;
            if (slot % 3 != 0) {
                kept.insert(kept.end(), at(vectors, slot).begin(), at(vectors, slot).end());
            }
        }
        index.compact(newSlots);
        QCOMPARE(index.size(), std::size_t{2000});
        QCOMPARE(index.unlinked(), std::size_t{0});
        for (Slot slot = 0; slot < 2000; slot += 97) {
            QVERIFY(std::ranges::equal(index.at(slot), at(kept, slot)));
        }
        QVERIFY(recall(index, randomVectors(60, 9)) > 0.95);
        std::vector<Slot> all(2000, kGone);
        index.compact(all);
        NearScratch scratch;
        std::vector<Near> found;
        index.nearest(at(vectors, 0), 10, {}, scratch, found);
        QVERIFY(found.empty());
        index.append(vectors);
        index.link(3000, scratch.graph);
        QVERIFY(recall(index, randomVectors(30, 10)) > 0.97);
    }

    void zeroVectorsAreNeverFound()
    {
        FixedVector vectors = randomVectors(500, 11);
        std::fill_n(vectors.begin(), 10 * kDimension, std::int16_t{0});
        const VectorIndex index = indexOf(vectors);
        NearScratch scratch;
        std::vector<Near> found;
        index.nearest(at(vectors, 20), 500, {}, scratch, found);
        QVERIFY(std::ranges::all_of(found, [](const Near& near) { return near.slot >= 10; }));
        QVERIFY(found.size() > 400);
    }

    void manyEqualVectorsDoNotHideTheOthers()
    {
        FixedVector vectors = randomVectors(2000, 12);
        for (std::size_t i = 0; i < 1000; ++i) {
            std::ranges::copy(at(vectors, 0), vectors.begin() + static_cast<std::ptrdiff_t>(2 * i * kDimension));
        }
        const VectorIndex index = indexOf(vectors);
        NearScratch scratch;
        std::vector<Near> found;
        int missed = 0;
        for (Slot slot = 1; slot < 2000; slot += 2) {
            index.nearest(at(vectors, slot), 32, {}, scratch, found);
            missed += nearestOf(found) == slot ? 0 : 1;
        }
        QVERIFY2(missed <= 20, std::to_string(missed).c_str());
    }

    void linksSurviveASnapshotAndDamagedOnesAreBuiltAnew()
    {
        const FixedVector vectors = randomVectors(700, 13);
        const VectorIndex index = indexOf(vectors);
        const Bytes bytes = linksOf(index);
        SnapshotReader reader(std::make_shared<SnapshotPages>(bytes));
        auto decoded = VectorIndex::decode(reader, kDimension, 700);
        VERIFY_OK(decoded);
        QVERIFY(reader.atEnd());
        decoded->prepareGraph();
        QCOMPARE(decoded->unlinked(), std::size_t{0});
        QCOMPARE(toHex(linksOf(*decoded)), toHex(bytes));
        std::mt19937 random(14);
        const std::size_t linksAt = bytes.size() - loadLe<std::uint64_t>(bytes); // their length stands at the beginning
        for (int round = 0; round < 60; ++round) {
            Bytes bad = bytes;
            const std::size_t range = round % 2 == 0 ? 800 : bad.size() - linksAt;
            bad[linksAt + random() % range] = static_cast<std::byte>(random());
            SnapshotReader badReader(std::make_shared<SnapshotPages>(bad));
            auto damaged = VectorIndex::decode(badReader, kDimension, 700);
            VERIFY_OK(damaged);
            damaged->prepareGraph();
            NearScratch scratch;
            damaged->link(700, scratch.graph);
            std::vector<Near> found;
            damaged->nearest(at(vectors, 5), 10, {}, scratch, found);
            QVERIFY(found.size() <= 10);
        }
    }

    void threadsLinkWhileOthersSearch()
    {
        const FixedVector vectors = randomVectors(4000, 15);
        Hnsw graph(kDimension);
        graph.append(vectors);
        std::atomic<std::size_t> next = 0;
        std::atomic<bool> isDone = false;
        std::atomic<int> wrong = 0;
        {
            std::vector<std::jthread> threads;
            for (int t = 0; t < 2; ++t) {
                threads.emplace_back([&] {
                    HnswScratch scratch;
                    for (std::size_t slot = next++; slot < 4000; slot = next++) {
                        graph.linkOne(static_cast<Slot>(slot), scratch);
                    }
                });
            }
            std::jthread searching([&] {
                HnswScratch scratch;
                std::vector<Near> found;
                while (!isDone) {
                    graph.search(at(vectors, 3), 20, {}, scratch, found);
                    wrong += found.empty() ? 0 : 1; // none is linked as far as a search may tell
                }
            });
            threads.clear();
            isDone = true;
        }
        QCOMPARE(wrong.load(), 0);
        graph.finishLinking(4000);
        HnswScratch scratch;
        std::vector<Near> found;
        int missed = 0;
        for (Slot slot = 0; slot < 4000; slot += 11) {
            graph.search(at(vectors, slot), 32, {}, scratch, found);
            missed += std::ranges::any_of(found, [&](const Near& near) { return near.slot == slot; }) ? 0 : 1;
        }
        QVERIFY(missed <= 3);
    }
};

CARMA_TEST_CLASS(TestHnsw, "test_hnsw")
#include "test_hnsw.moc"
