// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/theme.h"
#include "graph/graph_export.h"
#include "graph/graph_view.h"
#include "graph/line_raster.h"
#include "graph/mini_map.h"
#include "graph/nodes_model.h"
#include "gui_support.h"
#include "support/test_main.h"

#include <QAbstractItemModelTester>
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QTest>
#include <QXmlStreamReader>

#include <cmath>
#include <map>

using namespace carma;
using namespace carma::gui;
using namespace carma::test;

namespace {

FragmentId idOf(std::uint64_t number) { return FragmentId{}.plus(number << 16U); }

struct Place {
    float x = 0, y = 0;
};

DocumentSummary summaryOf(std::uint64_t number, std::uint32_t passages)
{
    DocumentSummary summary;
    summary.id = idOf(number);
    summary.title = "document " + std::to_string(number);
    summary.path = "folder/" + std::to_string(number) + ".md";
    summary.space = number % 2 == 0 ? "even" : "odd";
    summary.passages = passages;
    summary.modifiedUs = static_cast<std::int64_t>(number) * 1000000;
    return summary;
}

/// One section with `passages`, the second of which is lost.
DocumentTree treeOf(std::uint64_t number, std::uint32_t passages)
{
    DocumentTree tree;
    tree.document = summaryOf(number, passages);
    tree.nodes.resize(passages + 2);
    for (std::uint32_t i = 0; i < tree.nodes.size(); ++i) {
        TreeNode& node = tree.nodes[i];
        node.id = idOf(number).plus(i);
        node.level = i == 0 ? TreeLevel::Document : i == 1 ? TreeLevel::Section : TreeLevel::Passage;
        node.parent = i < 2 ? 0 : 1;
        node.state = i == 3 ? FragmentState::Placeholder : FragmentState::Exact;
    }
    tree.nodes[1].title = "the only section";
    return tree;
}

/// Documents in a row, 40 apart: 1 with nine passages, 2 partly lost, 3 lost, 4 a hypothesis, 5 recovered.
void fill(Graph& graph)
{
    std::vector<Place> places;
    for (std::uint64_t number = 1; number <= 5; ++number) {
        DocumentSummary summary = summaryOf(number, number == 1 ? 9 : 4);
        summary.placeholders = number == 2 ? 1 : number == 3 ? 4 : 0;
        if (number >= 4) {
            summary.tags = {number == 4 ? "hypothesis" : "recovered"};
        }
        bool isNew = false;
        (void)graph.add(summary, isNew);
        QVERIFY(isNew);
        places.push_back({static_cast<float>(number) * 40, 0});
    }
    graph.setPlaces(places);
    Neighbour near{idOf(1), idOf(1).plus(2), idOf(2), idOf(2).plus(2), 0.9F};
    QCOMPARE(graph.addNeighbours({&near, 1}).size(), std::size_t{1});
    QCOMPARE(graph.addNeighbours({&near, 1}).size(), std::size_t{0});
    near.toDocument = idOf(99);
    QCOMPARE(graph.addNeighbours({&near, 1}).size(), std::size_t{0});
}

int elementsOf(const QByteArray& xml, const QString& name)
{
    QXmlStreamReader reader(xml);
    int count = 0;
    while (!reader.atEnd()) {
        reader.readNext();
        count += reader.isStartElement() && reader.name() == name ? 1 : 0;
    }
    return reader.hasError() ? -1 : count;
}

} // namespace

/// The graph's data, its pictures and files, and the widget by mouse and keys.
class TestGraphView : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { needApplication(); }

    void documentsHaveTheirHealth()
    {
        Graph graph;
        fill(graph);
        const NodeHealth healths[] = {
            NodeHealth::Exact, NodeHealth::Partly, NodeHealth::Placeholder, NodeHealth::Hypothesis, NodeHealth::Recovered};
        for (std::size_t i = 0; i < 5; ++i) {
            QCOMPARE(graph.node(graph.documents()[i]).health, healths[i]);
        }
        bool isNew = true;
        DocumentSummary healed = summaryOf(2, 4);
        QCOMPARE(graph.add(healed, isNew), graph.documents()[1]);
        QVERIFY(!isNew);
        QCOMPARE(graph.node(graph.documents()[1]).health, NodeHealth::Exact);
    }

    void partsAreSeenWhileTheirDocumentIsOpen()
    {
        Graph graph;
        fill(graph);
        const NodeIndex document = graph.documents()[0];
        graph.setOpen(document, true);
        QVERIFY(!graph.node(document).open); // there is nothing in it yet
        DocumentTree tree = treeOf(1, 9);
        graph.add(tree);
        QCOMPARE(graph.size(), std::size_t{15});
        const NodeIndex passage = graph.find(idOf(1).plus(3));
        QCOMPARE(graph.node(passage).health, NodeHealth::Placeholder);
        QVERIFY(!graph.isShown(passage));
        graph.setOpen(document, true);
        QVERIFY(graph.isShown(passage));
        graph.moveDocument(document, 100, 50);
        QVERIFY(
            std::hypot(graph.place(passage).x() - 100, graph.place(passage).y() - 50) < static_cast<double>(graph.node(document).radius));
        tree.nodes[3].state = FragmentState::Exact;
        graph.add(tree); // healed
        QCOMPARE(graph.size(), std::size_t{15});
        QCOMPARE(graph.node(passage).health, NodeHealth::Exact);
        const Neighbour near{idOf(1), idOf(1).plus(4), idOf(5), idOf(5).plus(2), 0.8F};
        graph.addPassageNeighbours({&near, 1});
        QCOMPARE(graph.edges().back().to, graph.documents()[4]); // stands for its passage
        QCOMPARE(neighboursOf(graph, document), (std::vector<NodeIndex>{graph.documents()[1], graph.documents()[4]}));
    }

    void filtersHide()
    {
        Graph graph;
        fill(graph);
        const auto shown = [&graph] {
            return std::ranges::count_if(graph.documents(), [&graph](NodeIndex i) { return graph.isShown(i); });
        };
        QCOMPARE(shown(), 5);
        graph.setFilter({"even", false, 0});
        QCOMPARE(shown(), 2);
        graph.setFilter({{}, true, 0});
        QCOMPARE(shown(), 3); // what is guessed is not as it was, either; what is proven is
        graph.setFilter({{}, false, 4000000});
        QCOMPARE(shown(), 2);
        graph.setFilter({});
        graph.keepOnly({idOf(1), idOf(2)});
        QCOMPARE(shown(), 2);
        graph.clear();
        QVERIFY(graph.bounds().isNull());
    }

    void nodesAreListedAndFound()
    {
        Graph graph;
        fill(graph);
        graph.add(treeOf(1, 9));
        NodesModel model(graph);
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QCOMPARE(nodesWith(graph, "DOCUMENT", 3).size(), std::size_t{3});
        QCOMPARE(nodesWith(graph, "folder/2", 9), std::vector<NodeIndex>{graph.documents()[1]});
        QCOMPARE(nodesWith(graph, "only sec", 9).size(), std::size_t{1});
        QVERIFY(nodesWith(graph, "  ", 9).empty());
        model.setNodes({graph.documents()[2], graph.find(idOf(1).plus(3))});
        QCOMPARE(model.rowCount(), 2);
        QVERIFY(model.index(0).data(Qt::AccessibleTextRole).toString().contains("lost"));
        QVERIFY(model.index(1).data().toString().contains("document 1"));
        QCOMPARE(model.node(7), kNoNode);
        graph.clear();
        QVERIFY(!model.index(0).data().isValid()); // until it is filled again
    }

    void theMousePicksPansZoomsAndPins()
    {
        Graph graph;
        fill(graph);
        GraphView view(graph);
        view.resize(900, 500);
        view.show();
        view.graphChanged();
        QSignalSpy picked(&view, &GraphView::picked);
        QSignalSpy pinned(&view, &GraphView::pinMoved);
        const NodeIndex second = graph.documents()[1];
        const QPoint at = view.camera().toScreen(graph.place(second)).toPoint();
        QCOMPARE(view.pick(at), second);
        QCOMPARE(view.pick({2, 2}), kNoNode);
        QTest::mouseClick(&view, Qt::LeftButton, {}, at);
        QCOMPARE(view.selected(), second);
        QCOMPARE(picked.count(), 1);
        QVERIFY(view.accessibleDescription().contains("document 2"));

        QTest::mousePress(&view, Qt::LeftButton, {}, at);
        QTest::mouseMove(&view, at + QPoint(0, 30));
        QTest::mouseMove(&view, at + QPoint(0, 60));
        QTest::mouseRelease(&view, Qt::LeftButton, {}, at + QPoint(0, 60));
        QVERIFY(pinned.count() >= 1);
        QVERIFY(graph.node(second).pinned);
        QVERIFY(std::abs(view.camera().toScreen(graph.place(second)).y() - (at.y() + 60)) < 1.5);

        const QPointF centre = view.camera().centre;
        QTest::mousePress(&view, Qt::LeftButton, {}, QPoint(10, 10));
        QTest::mouseMove(&view, QPoint(40, 40));
        QTest::mouseRelease(&view, Qt::LeftButton, {}, QPoint(60, 10));
        QVERIFY(view.camera().centre.x() < centre.x());
        QVERIFY(!view.isFitted());

        const QPointF under = view.camera().toWorld({300, 200});
        const double scale = view.camera().scale;
        QWheelEvent wheel({300, 200}, view.mapToGlobal(QPointF(300, 200)), {}, {0, 240}, {}, {}, Qt::NoScrollPhase, false);
        QApplication::sendEvent(&view, &wheel);
        QVERIFY(view.camera().scale > 1.4 * scale);
        QVERIFY(std::hypot(view.camera().toWorld({300, 200}).x() - under.x(), view.camera().toWorld({300, 200}).y() - under.y()) < 1e-6);
        view.fit();
        QVERIFY(view.isFitted());
        QVERIFY(!view.miniMap().isVisible()); // there is nothing to tell
        view.zoom(4);
        QVERIFY(view.miniMap().isVisible());
        (void)view.grab();
        const QPointF goal = view.miniMap().toWorld({75, 55});
        QTest::mouseClick(&view.miniMap(), Qt::LeftButton, {}, {75, 55});
        QVERIFY(std::hypot(view.camera().centre.x() - goal.x(), view.camera().centre.y() - goal.y()) < 1);
    }

    void theKeysDoTheSame()
    {
        Graph graph;
        fill(graph);
        GraphView view(graph);
        view.resize(900, 500);
        view.show();
        view.graphChanged();
        QSignalSpy pins(&view, &GraphView::pinToggled);
        QTest::keyClick(&view, Qt::Key_Right, Qt::ControlModifier);
        QCOMPARE(view.selected(), graph.documents()[2]); // the one in the middle
        QTest::keyClick(&view, Qt::Key_Left, Qt::ControlModifier);
        QCOMPARE(view.selected(), graph.documents()[1]);
        QTest::keyClick(&view, Qt::Key_Up, Qt::ControlModifier);
        QCOMPARE(view.selected(), graph.documents()[1]); // nothing is there
        QTest::keyClick(&view, Qt::Key_P);
        QCOMPARE(pins.count(), 1);
        const double scale = view.camera().scale;
        QTest::keyClick(&view, Qt::Key_Plus);
        QVERIFY(view.camera().scale > scale);
        QTest::keyClick(&view, Qt::Key_Minus);
        QVERIFY(std::abs(view.camera().scale - scale) < 1e-9);
        const double x = view.camera().centre.x();
        QTest::keyClick(&view, Qt::Key_Right);
        QVERIFY(view.camera().centre.x() > x);
        QTest::keyClick(&view, Qt::Key_Return);
        QVERIFY(std::abs(view.camera().centre.x() - graph.place(graph.documents()[1]).x()) < 1e-6);
        QTest::keyClick(&view, Qt::Key_Home);
        QVERIFY(view.isFitted());
        QTest::keyClick(&view, Qt::Key_Escape);
        QCOMPARE(view.selected(), kNoNode);
    }

    void documentsOpenWhenTheyAreNear()
    {
        Graph graph;
        fill(graph);
        graph.add(treeOf(1, 9));
        GraphView view(graph);
        view.resize(900, 500);
        view.show();
        view.graphChanged();
        const NodeIndex first = graph.documents()[0];
        view.zoom(1e-3);
        QVERIFY(!graph.node(first).open);
        QVERIFY(view.documentsToOpen().empty());
        view.goTo(first);
        QVERIFY(graph.node(first).open);
        const NodeIndex passage = graph.find(idOf(1).plus(5));
        QCOMPARE(view.pick(view.camera().toScreen(graph.place(passage))), passage);
        graph.moveDocument(first, 500, 500); // what was gone to is followed
        view.graphChanged();
        QVERIFY(std::hypot(view.camera().centre.x() - 500, view.camera().centre.y() - 500) < 1e-3);
        view.fit();
        view.zoom(1e-3);
        QVERIFY(!graph.node(first).open);
    }

    /// Without colour, too: the grey values of the signs differ in many pixels.
    void healthIsToldByShape()
    {
        for (const Theme theme : {Theme::Light, Theme::Dark, Theme::Contrast}) {
            std::map<NodeHealth, QImage> drawn;
            for (std::size_t i = 0; i < kNodeHealths; ++i) {
                QImage image(24, 24, QImage::Format_ARGB32_Premultiplied);
                image.fill(paletteOf(theme).color(QPalette::Base));
                NodeSprites sprites;
                sprites.use(theme, 1);
                sprites.stamp(image, 12, 12, 9, NodeKind::Document, static_cast<NodeHealth>(i));
                sprites.stamp(image, -40, 12, 9, NodeKind::Document, static_cast<NodeHealth>(i)); // beyond the edge
                drawn[static_cast<NodeHealth>(i)] = image.convertToFormat(QImage::Format_Grayscale8);
            }
            for (const auto& [one, image] : drawn) {
                for (const auto& [other, second] : drawn) {
                    int different = 0;
                    for (int pixel = 0; pixel < 24 * 24; ++pixel) {
                        const QPoint at(pixel % 24, pixel / 24);
                        different += std::abs(qGray(image.pixel(at)) - qGray(second.pixel(at))) > 24 ? 1 : 0;
                    }
                    QVERIFY2(one == other || different >= 12,
                        qPrintable(QString("theme %1: %2 and %3").arg(static_cast<int>(theme)).arg(nameOf(one), nameOf(other))));
                }
            }
        }
    }

    void damageIsSeenFromFarAway()
    {
        Graph graph;
        fill(graph);
        Camera camera;
        camera.size = {400, 300};
        camera.centre = graph.place(graph.documents()[2]);
        camera.scale = 0.2;
        QCOMPARE(GraphPainter::radiusOf(graph.node(graph.documents()[2]), camera), GraphPainter::kHurtMin);
        QCOMPARE(GraphPainter::radiusOf(graph.node(graph.documents()[0]), camera), GraphPainter::kRadiusMin);
        QImage picture(400, 300, QImage::Format_ARGB32_Premultiplied);
        GraphPainter painter;
        painter.paint(picture, graph, camera, {}, Theme::Light);
        QCOMPARE(painter.nodesDrawn(), std::size_t{5});
        QCOMPARE(painter.edgesDrawn(), std::size_t{1});
        const QColor middle = picture.pixelColor(200, 150);
        const QColor bad = tonesOf(Theme::Light).bad;
        QVERIFY(std::abs(middle.red() - bad.red()) + std::abs(middle.green() - bad.green()) + std::abs(middle.blue() - bad.blue()) < 24);
        camera.scale = 0.05;
        painter.paint(picture, graph, camera, {}, Theme::Light);
        QCOMPARE(painter.edgesDrawn(), std::size_t{0}); // too short
    }

    void linesAreCutOffAtTheEdges()
    {
        QImage picture(20, 10, QImage::Format_ARGB32_Premultiplied);
        picture.fill(Qt::white);
        LineRaster raster(picture, Qt::black);
        raster.draw({-1e6, 5, 1e6, 5}, false);
        raster.draw({3, -50, 3, -20}, true);
        for (int x = 0; x < 19; ++x) {
            QCOMPARE(picture.pixelColor(x, 5), QColor(Qt::black));
            QCOMPARE(picture.pixelColor(x, 2), QColor(Qt::white));
        }
        raster.draw({0, 0, 9, 9}, true);
        QCOMPARE(picture.pixelColor(4, 4), QColor(Qt::black));
        raster.draw({4, 4, 4, 4}, true);
        raster.disk({10, 5}, 1e3);
        QCOMPARE(picture.pixelColor(0, 0), QColor(Qt::black));
        QVERIFY(LineRaster::clipped({-5, -5, -1, -9}, {20, 10}).isNull());
    }

    void filesAreWellFormed()
    {
        Graph graph;
        fill(graph);
        DocumentSummary odd = summaryOf(6, 1);
        odd.title = "<a> & \"b\"";
        odd.path = std::string("bad\x01\x1f") + "name";
        bool isNew = false;
        (void)graph.add(odd, isNew);
        graph.setPlaces(std::vector<Place>(6, Place{3, 4}));
        graph.add(treeOf(1, 9));
        Camera camera;
        camera.size = {640, 480};
        camera.fit(graph.bounds(), 10);
        const QTemporaryDir folder;
        for (const char* ending : {"svg", "png", "graphml"}) {
            const QString path = folder.filePath(QString("graph.") + ending);
            QVERIFY(exportGraph(path, graph, camera, Theme::Dark).has_value());
            QFile file(path);
            QVERIFY(file.open(QIODevice::ReadOnly));
            const QByteArray bytes = file.readAll();
            if (path.endsWith("svg")) {
                QCOMPARE(elementsOf(bytes, "circle"), 6);
            } else if (path.endsWith("png")) {
                QCOMPARE(QImage::fromData(bytes).size(), QSize(1280, 960));
            } else {
                QCOMPARE(elementsOf(bytes, "node"), 16); // with parts that are not open
                QVERIFY(QString::fromUtf8(bytes).contains(QString("bad") + QChar(0xFFFD) + QChar(0xFFFD) + "name"));
                QCOMPARE(elementsOf(bytes, "edge"), 11);
            }
        }
        const auto other = exportGraph(folder.filePath("graph.exe"), graph, camera, Theme::Dark);
        QVERIFY(!other.has_value() && other.error().code == ErrorCode::InvalidArgument);
        const auto nowhere = exportGraph("/nowhere/graph.svg", graph, camera, Theme::Dark);
        QVERIFY(!nowhere.has_value() && nowhere.error().code == ErrorCode::Io);
    }
};

CARMA_TEST_CLASS(TestGraphView, "test_graph_view")

#include "test_graph_view.moc"
