// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/text.h"
#include "graph/graph_page.h"
#include "graph/graph_view.h"
#include "graph/nodes_model.h"
#include "gui_support.h"
#include "pages/document_view.h"
#include "pages/memory_page.h"
#include "support/test_main.h"

#include <QComboBox>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QTest>

#include <algorithm>

using namespace carma;
using namespace carma::gui;
using namespace carma::test;

namespace {

/// A window with the page Graph in front, at rest.
class PageFixture {
public:
    bool open()
    {
        if (!m_fixture.open()) {
            return false;
        }
        page = m_fixture.window().findChild<GraphPage*>();
        m_fixture.window().goTo("graph");
        return waitUntil([this] { return page->graph().documents().size() == 3 && page->isAtRest(); });
    }
    MainWindow& window() { return m_fixture.window(); }
    WindowFixture& fixture() { return m_fixture; }
    template <typename Widget> Widget* called(const QString& name)
    {
        for (Widget* each : page->findChildren<Widget*>()) {
            if (each->accessibleName() == name) {
                return each;
            }
        }
        return nullptr;
    }
    NodeIndex documentCalled(const QString& title)
    {
        const auto found = nodesWith(page->graph(), title, 1);
        return found.empty() ? kNoNode : found.front();
    }
    template <typename Work> bool change(Work work)
    {
        bool done = false;
        window().session().ask(page, work, [&done](const auto& answer) { done = answer.has_value(); });
        return waitUntil([&done] { return done; });
    }

    GraphPage* page = nullptr;

private:
    WindowFixture m_fixture;
};

} // namespace

/// The page Graph, by clicks and keys.
class TestGraphPage : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { needApplication(); }

    void documentsAndNeighboursAppear()
    {
        PageFixture fixture;
        QVERIFY(fixture.open());
        QVERIFY(fixture.change([](Store& store) {
            return store.memory().remember("default", {{"The spare key hangs behind the old clock.", "More keys", "", {}}});
        }));
        fixture.page->refresh();
        const Graph& graph = fixture.page->graph();
        QVERIFY(waitUntil([&] { return graph.documents().size() == 4 && !graph.edges().empty() && fixture.page->isAtRest(); }));
        QCOMPARE(neighboursOf(graph, fixture.documentCalled("Keys")).front(), fixture.documentCalled("More keys"));
        for (const NodeIndex document : graph.documents()) {
            QVERIFY(graph.isShown(document));
        }
        const QImage picture = fixture.page->view().grab().toImage();
        QVERIFY(picture.pixelColor(fixture.page->view().camera().toScreen(graph.place(graph.documents()[0])).toPoint()) !=
            picture.pixelColor(3, 3));
    }

    void aPickedPassageShowsItsText()
    {
        PageFixture fixture;
        QVERIFY(fixture.open());
        GraphView& view = fixture.page->view();
        const NodeIndex keys = fixture.documentCalled("Keys");
        QVERIFY(keys != kNoNode);
        const GraphNode& document = fixture.page->graph().node(keys);
        const QPointF edge(0.9 * static_cast<double>(document.radius), 0); // its passage may stand in the middle
        QTest::mouseClick(&view, Qt::LeftButton, {}, view.camera().toScreen(fixture.page->graph().place(keys) + edge).toPoint());
        QCOMPARE(view.selected(), keys);
        QTest::mouseClick(fixture.called<QPushButton>("Pin"), Qt::LeftButton);
        QVERIFY(fixture.page->graph().node(keys).pinned);
        QTest::keyClick(&view, Qt::Key_P);
        QVERIFY(!fixture.page->graph().node(keys).pinned);
        view.goTo(keys);
        QVERIFY(waitUntil([&] { return fixture.page->graph().node(keys).open; }));
        NodeIndex passage = kNoNode;
        for (const NodeIndex part : fixture.page->graph().partsOf(keys)) {
            passage = fixture.page->graph().node(part).kind == NodeKind::Passage ? part : passage;
        }
        QVERIFY(passage != kNoNode);
        QTest::mouseClick(&view, Qt::LeftButton, {}, view.camera().toScreen(fixture.page->graph().place(passage)).toPoint());
        QCOMPARE(view.selected(), passage);
        auto* text = fixture.called<QPlainTextEdit>("Text of the passage");
        QVERIFY(waitUntil([&] { return text->toPlainText().contains("behind the clock"); }));
        QTest::mouseClick(fixture.called<QPushButton>("Open in Memory"), Qt::LeftButton);
        QCOMPARE(fixture.window().currentPage(), QString("memory"));
        auto* memory = fixture.window().findChild<MemoryPage*>();
        QVERIFY(memory->findChild<DocumentView*>()->documentId() == fixture.page->graph().node(keys).id);
    }

    void whatIsSoughtIsListedAndPicked()
    {
        PageFixture fixture;
        QVERIFY(fixture.open());
        auto* line = fixture.called<QLineEdit>("Find in the graph");
        auto* list = fixture.called<QListView>("Found");
        QTest::keyClicks(line, "choir");
        QVERIFY(waitUntil([&] { return list->isVisible() && list->model()->rowCount() >= 1; }));
        QCOMPARE(list->model()->index(0, 0).data().toString(), QString("Choir"));
        QTest::keyClick(line, Qt::Key_Return);
        QCOMPARE(fixture.page->view().selected(), fixture.documentCalled("Choir"));
        line->clear();
        QTest::keyClicks(line, "weeks ferment"); // only in the text
        const NodeIndex leaves = fixture.documentCalled("Leaves");
        QVERIFY(waitUntil([&] { return fixture.page->graph().node(leaves).found; }));
        line->clear();
        QVERIFY(waitUntil([&] { return !list->isVisible() && !fixture.page->graph().node(leaves).found; }));
    }

    void whatChangesInTheStoreChangesHere()
    {
        PageFixture fixture;
        QVERIFY(fixture.open());
        const NodeIndex keys = fixture.documentCalled("Keys");
        const FragmentId id = fixture.page->graph().node(keys).id;
        QVERIFY(fixture.change([id](Store& store) -> Result<ForgetReport> {
            auto kept = store.memory().remember("default", {{"The boat lies at the pier.", "Boat", "", {}}});
            return kept ? store.memory().forget({id}, {}, {}) : Result<ForgetReport>(kept.error());
        }));
        fixture.page->refresh();
        QVERIFY(waitUntil([&] { return fixture.documentCalled("Boat") != kNoNode && !fixture.page->graph().isShown(keys); }));
        QVERIFY(waitUntil([&] { return fixture.page->isAtRest(); }));
        QVERIFY(fixture.page->graph().isShown(fixture.documentCalled("Boat")));
        fixture.window().session().close();
        QVERIFY(waitUntil([&] { return fixture.page->graph().size() == 0; }));
    }

    void filtersPauseAndFilesWork()
    {
        PageFixture fixture;
        QVERIFY(fixture.open());
        auto* health = fixture.called<QComboBox>("Health");
        QTest::keyClick(health, Qt::Key_Down);
        QCOMPARE(health->currentIndex(), 1);
        QVERIFY(std::ranges::none_of(
            fixture.page->graph().documents(), [&](NodeIndex document) { return fixture.page->graph().isShown(document); }));
        QTest::keyClick(health, Qt::Key_Up);
        QVERIFY(fixture.page->graph().isShown(fixture.documentCalled("Choir")));
        auto* time = fixture.called<QComboBox>("Time of the last change");
        time->setCurrentIndex(1);
        QVERIFY(fixture.page->graph().isShown(fixture.documentCalled("Choir"))); // it was made just now
        QTest::mouseClick(fixture.called<QPushButton>("Pause the layout"), Qt::LeftButton);
        QVERIFY(fixture.called<QPushButton>("Resume the layout") != nullptr);
        QTest::mouseClick(fixture.called<QPushButton>("Resume the layout"), Qt::LeftButton);
        const QString path = fixture.fixture().folder() + "/graph.graphml";
        fixture.page->exportTo(path);
        QVERIFY(waitUntil([&] { return QFile::exists(path); }));
        QVERIFY(fixture.fixture().idle());
        fixture.page->exportTo(fixture.fixture().folder() + "/none/graph.svg");
        QVERIFY(fixture.fixture().idle());
    }

    void anIdLeadsToItsDocument()
    {
        PageFixture fixture;
        QVERIFY(fixture.open());
        const NodeIndex leaves = fixture.documentCalled("Leaves");
        fixture.window().goTo("graph", text(toString(fixture.page->graph().node(leaves).id)));
        QCOMPARE(fixture.page->view().selected(), leaves);
        QVERIFY(fixture.page->view().camera().scale >= GraphView::kOpenScale);
        fixture.window().goTo("graph", "no id");
        QCOMPARE(fixture.page->view().selected(), leaves);
    }
};

CARMA_TEST_CLASS(TestGraphPage, "test_graph_page")

#include "test_graph_page.moc"
