// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/force_layout.h"
#include "graph/layout_runner.h"
#include "graph/tree_places.h"
#include "gui_support.h"
#include "support/test_main.h"

#include <QTest>

#include <algorithm>
#include <cmath>
#include <random>

using namespace carma;
using namespace carma::gui;
using namespace carma::test;

namespace {

std::vector<Body> randomBodies(std::size_t count, std::uint64_t seed)
{
    std::mt19937_64 random(seed);
    std::uniform_real_distribution<double> place(-100, 100);
    std::uniform_real_distribution<double> size(0.5, 4);
    std::vector<Body> bodies(count);
    for (Body& body : bodies) {
        body = {place(random), place(random), size(random), false};
    }
    return bodies;
}

/// What the tree shortens.
Vector2 fieldByHand(const std::vector<Body>& bodies, std::size_t self, double gap, Vector2& push)
{
    Vector2 sum;
    for (std::size_t i = 0; i < bodies.size(); ++i) {
        const double x = bodies[self].x - bodies[i].x;
        const double y = bodies[self].y - bodies[i].y;
        const double distance = std::hypot(x, y);
        if (i == self) {
            continue;
        }
        sum.x += bodies[i].mass() * x / (distance * distance);
        sum.y += bodies[i].mass() * y / (distance * distance);
        const double depth = std::max(0.0, bodies[self].radius + bodies[i].radius + gap - distance);
        const double share = depth / distance * bodies[i].mass() / (bodies[i].mass() + bodies[self].mass());
        push.x += share * x;
        push.y += share * y;
    }
    return sum;
}

/// Two groups whose members are all neighbours of each other.
ForceLayout twoGroups(std::uint64_t seed)
{
    ForceLayout layout(seed);
    for (int i = 0; i < 60; ++i) {
        (void)layout.add(1 + i % 5);
    }
    for (std::uint32_t i = 0; i < 60; ++i) {
        for (std::uint32_t j = i + 2; j < 60; j += 8) {
            layout.connect({i, j, 1}); // even with even, odd with odd
        }
    }
    return layout;
}

double meanDistance(const ForceLayout& layout, bool sameGroup)
{
    double sum = 0;
    int count = 0;
    const auto bodies = layout.bodies();
    for (std::size_t i = 0; i < bodies.size(); ++i) {
        for (std::size_t j = i + 1; j < bodies.size(); ++j) {
            if ((i % 2 == j % 2) == sameGroup) {
                sum += std::hypot(bodies[i].x - bodies[j].x, bodies[i].y - bodies[j].y);
                ++count;
            }
        }
    }
    return sum / count;
}

} // namespace

/// Quadtree, forces and the thread they run on.
class TestGraphLayout : public QObject {
    Q_OBJECT

private slots:
    void theTreeAddsUpWhatAllBodiesDo()
    {
        std::vector<Body> bodies = randomBodies(700, 3);
        bodies[9].radius = 40; // overlaps what is far from its middle
        QuadTree tree;
        tree.build(bodies);
        QVERIFY(tree.cells() > 50);
        double worst = 0;
        double size = 0;
        for (std::size_t i = 0; i < bodies.size(); ++i) {
            Vector2 pushByHand;
            Vector2 pushExact;
            Vector2 pushNear;
            const Vector2 byHand = fieldByHand(bodies, i, 0.5, pushByHand);
            const Vector2 exact = tree.field(i, 0, 0.5, pushExact);
            const Vector2 near = tree.field(i, 0.9, 0.5, pushNear);
            QVERIFY(std::hypot(exact.x - byHand.x, exact.y - byHand.y) < 1e-6);
            QVERIFY(std::hypot(pushExact.x - pushByHand.x, pushExact.y - pushByHand.y) < 1e-9);
            QVERIFY(std::hypot(pushNear.x - pushByHand.x, pushNear.y - pushByHand.y) < 1e-9); // overlaps are never lumped together
            worst = std::max(worst, std::hypot(near.x - byHand.x, near.y - byHand.y));
            size = std::max(size, std::hypot(byHand.x, byHand.y));
        }
        QVERIFY2(worst < 0.05 * size, qPrintable(QString("%1 of %2").arg(worst).arg(size)));
    }

    void bodiesAtOnePlacePart()
    {
        std::vector<Body> bodies(30);
        QuadTree tree;
        tree.build(bodies);
        Vector2 push;
        const Vector2 field = tree.field(7, 0.9, 0.5, push);
        QVERIFY(std::isfinite(field.x) && std::isfinite(field.y));
        QVERIFY(std::hypot(push.x, push.y) > 0);
        tree.build({});
        QCOMPARE(tree.cells(), std::size_t{0});
    }

    void theSameSeedGivesTheSamePlaces()
    {
        ForceLayout one = twoGroups(5);
        ForceLayout other = twoGroups(5);
        ForceLayout third = twoGroups(6);
        for (int i = 0; i < 80; ++i) {
            QVERIFY(one.step() && other.step() && third.step());
        }
        for (std::size_t i = 0; i < one.bodies().size(); ++i) {
            QCOMPARE(one.bodies()[i].x, other.bodies()[i].x);
            QCOMPARE(one.bodies()[i].y, other.bodies()[i].y);
        }
        QVERIFY(one.bodies()[3].x != third.bodies()[3].x);
    }

    void energyAndOverlapFallUntilItRests()
    {
        ForceLayout layout;
        std::mt19937_64 random(9);
        std::uniform_real_distribution<double> place(-12, 12); // far too narrow
        for (int i = 0; i < 120; ++i) {
            (void)layout.addAt(1 + i % 4, place(random), place(random));
        }
        for (std::uint32_t i = 0; i < 120; ++i) {
            layout.connect({i, (i * 7 + 1) % 120, 0.8F});
        }
        const double before = layout.energy();
        const double overlap = layout.overlap();
        double last = before;
        int steps = 0;
        for (; steps < 2000 && !layout.isSettled(); ++steps) {
            QVERIFY(layout.step());
            if (steps % 20 == 19) {
                const double now = layout.energy();
                QVERIFY2(now <= last + 1e-3 * std::abs(last), qPrintable(QString("%1 after %2").arg(now).arg(last)));
                last = now;
            }
        }
        QVERIFY(layout.isSettled());
        QVERIFY(layout.energy() < before);
        QVERIFY2(layout.overlap() < 1e-4 * overlap, qPrintable(QString("%1 of %2").arg(layout.overlap()).arg(overlap)));
    }

    void neighboursComeTogether()
    {
        ForceLayout layout = twoGroups(1);
        layout.warm(30);
        for (int i = 0; i < 1500 && !layout.isSettled(); ++i) {
            QVERIFY(layout.step());
        }
        QVERIFY(layout.isSettled());
        QVERIFY2(meanDistance(layout, true) < 0.85 * meanDistance(layout, false),
            qPrintable(QString("%1 %2").arg(meanDistance(layout, true)).arg(meanDistance(layout, false))));
    }

    void whatIsPinnedStays()
    {
        ForceLayout layout = twoGroups(2);
        layout.pin(4, 50, -20);
        for (int i = 0; i < 100; ++i) {
            QVERIFY(layout.step());
        }
        QCOMPARE(layout.bodies()[4].x, 50.0);
        layout.unpin(4);
        QVERIFY(layout.step());
        QVERIFY(layout.bodies()[4].x != 50.0);
        layout.connect({3, 3, 1});
        layout.connect({3, 9999, 1});
        const std::size_t springs = layout.springs();
        layout.connect({3, 4, 1});
        QCOMPARE(layout.springs(), springs + 1);
    }

    void aStepThatIsGivenUpMovesNothing()
    {
        ForceLayout layout = twoGroups(2);
        const double before = layout.bodies()[0].x;
        QVERIFY(!layout.step([] { return true; }));
        QCOMPARE(layout.bodies()[0].x, before);
    }

    void theThreadGivesPlacesAndRests()
    {
        LayoutRunner runner;
        QVERIFY(!runner.changedPlaces());
        runner.add(std::vector<double>(300, 1.5));
        runner.connect({{0, 1, 1}, {1, 2, 1}});
        runner.pin(5, 7, 8);
        QVERIFY(waitUntil([&] { return runner.isAtRest(); }));
        const auto places = runner.changedPlaces();
        QVERIFY(places.has_value());
        QCOMPARE(places->size(), std::size_t{300});
        QCOMPARE(places->at(5).x, 7.0F);
        QVERIFY(!runner.changedPlaces());
        runner.pause(true);
        runner.clear();
        runner.add({1, 2});
        std::size_t size = 0;
        QVERIFY(waitUntil([&] {
            const auto now = runner.changedPlaces();
            size = now ? now->size() : size;
            return size == 2;
        }));
        QVERIFY(!runner.isAtRest()); // paused before it could settle
        runner.pause(false);
        QVERIFY(waitUntil([&] { return runner.isAtRest(); }));
    }

    void itEndsAtOnceInTheMiddleOfWork()
    {
        QElapsedTimer clock;
        {
            LayoutRunner runner;
            runner.add(std::vector<double>(200000, 1));
            QVERIFY(waitUntil([&] { return runner.changedPlaces().has_value(); }));
            clock.start();
        }
        QVERIFY2(clock.elapsed() < 5000, qPrintable(QString::number(clock.elapsed())));
    }

    void partsStandWithinTheirDocument()
    {
        DocumentTree tree;
        tree.nodes.resize(202);
        for (std::uint32_t i = 1; i < 202; ++i) {
            tree.nodes[i].parent = i == 1 || i == 102 ? 0 : i < 102 ? 1 : 102;
            tree.nodes[i].level = i == 1 || i == 102 ? TreeLevel::Section : TreeLevel::Passage;
        }
        const float radius = 16;
        const std::vector<PartPlace> places = partPlaces(tree, radius);
        QCOMPARE(places.size(), tree.nodes.size());
        double nearest = 1e9;
        for (std::size_t i = 1; i < places.size(); ++i) {
            QVERIFY(std::hypot(places[i].x, places[i].y) + places[i].radius <= radius);
            if (i != 1 && i != 102) {
                QVERIFY((i < 102) == (places[i].x > 0)); // the first section is the right half, clockwise from the top
            }
            for (std::size_t j = 1; j < i; ++j) {
                nearest = std::min(nearest, static_cast<double>(std::hypot(places[i].x - places[j].x, places[i].y - places[j].y)));
            }
        }
        QVERIFY2(nearest > 0.45, qPrintable(QString::number(nearest)));
    }
};

CARMA_TEST_CLASS(TestGraphLayout, "test_graph_layout")

#include "test_graph_layout.moc"
