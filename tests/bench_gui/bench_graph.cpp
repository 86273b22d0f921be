// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
//
// carma-bench-graph [STORE KEYFILE]: how long a picture of the graph takes in the offscreen raster while it is panned, and a step of the
// layout; with a store, how long it takes until its first documents are on the screen.

#include "app/jobs.h"
#include "app/store_session.h"
#include "graph/force_layout.h"
#include "graph/graph_source.h"
#include "graph/graph_view.h"

#include <QApplication>
#include <QElapsedTimer>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <random>
#include <vector>

using namespace carma;
using namespace carma::gui;

namespace {

constexpr int kWidth = 1240;
constexpr int kHeight = 780;
constexpr int kFrames = 120;
constexpr std::size_t kNeighboursOf = 600; // documents

struct Place {
    float x = 0, y = 0;
};

/// Time of this thread on a processor: what else runs on the machine does not count.
double processorMs()
{
    timespec now{};
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

/// Wall and processor times of the same frames.
struct Times {
    std::vector<double> wall, processor;
    template <typename Work> void measure(Work work)
    {
        QElapsedTimer clock;
        clock.start();
        const double before = processorMs();
        work();
        processor.push_back(processorMs() - before);
        wall.push_back(static_cast<double>(clock.nsecsElapsed()) / 1e6);
    }
    void print(const char* name)
    {
        std::ranges::sort(wall);
        std::ranges::sort(processor);
        const double median = wall[wall.size() / 2];
        const double busy = processor[processor.size() / 2];
        std::printf("%s: median %.2f ms (%.0f a second), 95th %.2f ms; processor %.2f ms (%.0f a second)\n", name, median, 1000 / median,
            wall[wall.size() * 95 / 100], busy, 1000 / busy);
    }
};

/// Every 50th passage is lost.
DocumentTree treeOf(const FragmentId& id, std::uint32_t passages)
{
    DocumentTree tree;
    tree.document.id = id;
    tree.document.passages = passages;
    tree.nodes.resize(passages + 1);
    tree.nodes[0].id = id;
    for (std::uint32_t i = 1; i <= passages; ++i) {
        tree.nodes[i].id = id.plus(i);
        tree.nodes[i].level = TreeLevel::Passage;
        tree.nodes[i].state = i % 50 == 0 ? FragmentState::Placeholder : FragmentState::Exact;
    }
    return tree;
}

/// Documents with three neighbours each, laid out; of more than one passage they are open.
void fill(Graph& graph, std::uint32_t documents, std::uint32_t passages, int steps)
{
    std::mt19937_64 random(7);
    ForceLayout layout;
    for (std::uint32_t i = 0; i < documents; ++i) {
        DocumentSummary summary;
        summary.id = FragmentId{}.plus((std::uint64_t{i} + 1) << 20U);
        summary.title = "document " + std::to_string(i);
        summary.passages = passages;
        summary.placeholders = i % 50 == 0 ? 1 : 0;
        bool isNew = false;
        layout.add(static_cast<double>(graph.node(graph.add(summary, isNew)).radius));
    }
    for (std::uint32_t i = 0; i < documents * 3; ++i) {
        const auto from = static_cast<std::uint32_t>(i / 3);
        const auto to = static_cast<std::uint32_t>((from + 1 + random() % 40) % documents);
        Neighbour pair;
        pair.fromDocument = graph.node(graph.documents()[from]).id;
        pair.toDocument = graph.node(graph.documents()[to]).id;
        pair.similarity = 0.7F;
        (void)graph.addNeighbours({&pair, 1});
        layout.connect({from, to, 0.7F});
    }
    Times times;
    for (int i = 0; i < steps; ++i) {
        times.measure([&layout] { (void)layout.step(); });
    }
    times.print("  a step of its layout");
    std::vector<Place> places;
    for (const Body& body : layout.bodies()) {
        places.push_back({static_cast<float>(body.x), static_cast<float>(body.y)});
    }
    graph.setPlaces(places);
    if (passages > 1) {
        for (const NodeIndex document : std::vector<NodeIndex>(graph.documents().begin(), graph.documents().end())) {
            graph.add(treeOf(graph.node(document).id, passages));
            graph.setOpen(document, true);
        }
    }
}

/// All that a frame is: projecting, drawing, and copying onto the widget's raster.
void measure(const char* name, const Graph& graph, double zoom)
{
    Camera camera;
    camera.size = QSizeF(kWidth, kHeight);
    camera.fit(graph.bounds(), 100);
    camera.scale *= zoom;
    QImage picture(kWidth, kHeight, QImage::Format_ARGB32_Premultiplied);
    GraphPainter painter;
    Times times;
    for (int i = 0; i < kFrames; ++i) {
        camera.pan(QPointF(i % 40 < 20 ? 3 : -3, 1));
        times.measure([&] { painter.paint(picture, graph, camera, {}, Theme::Light); });
    }
    std::printf("%s: %zu nodes, %zu edges, %zu labels drawn\n", name, painter.nodesDrawn(), painter.edgesDrawn(), painter.labelsDrawn());
    times.print("  a frame");
}

/// The same through the widget: events, the minimap and the window's own raster.
void measureWidget(Graph& graph)
{
    GraphView view(graph);
    view.resize(kWidth, kHeight);
    view.show();
    view.fit();
    QApplication::processEvents();
    Times times;
    for (int i = 0; i < kFrames; ++i) {
        times.measure([&] {
            view.lookAt(view.camera().centre + QPointF(i % 40 < 20 ? 3 : -3, 1) / view.camera().scale);
            view.repaint();
            QApplication::processEvents();
        });
    }
    times.print("  a frame in a widget");
}

int measureStore(const char* store, const char* keyFile)
{
    JobsModel jobs;
    StoreSession session(jobs);
    Graph graph;
    GraphView view(graph);
    view.resize(kWidth, kHeight);
    view.show();
    GraphSource source(session);
    ForceLayout layout;
    QElapsedTimer clock;
    bool ended = false;
    bool shown = false;
    QObject::connect(&session, &StoreSession::openFailed, [&] { ended = true; });
    QObject::connect(&session, &StoreSession::opened, [&] {
        clock.start();
        source.load();
    });
    QObject::connect(&source, &GraphSource::documents, [&](const std::vector<DocumentSummary>& page, bool last) {
        for (const DocumentSummary& document : page) {
            bool isNew = false;
            layout.add(static_cast<double>(graph.node(graph.add(document, isNew)).radius));
        }
        std::vector<Place> places;
        for (const Body& body : layout.bodies()) {
            places.push_back({static_cast<float>(body.x), static_cast<float>(body.y)});
        }
        graph.setPlaces(places);
        view.graphChanged();
        if (!shown || last) {
            view.repaint();
            std::printf("%s picture: %zu documents after %lld ms\n", shown ? "whole" : "first", graph.documents().size(),
                static_cast<long long>(clock.elapsed()));
        }
        shown = true;
        if (last) {
            std::vector<FragmentId> some;
            for (std::size_t i = 0; i < std::min<std::size_t>(kNeighboursOf, graph.documents().size()); ++i) {
                some.push_back(graph.node(graph.documents()[i]).id);
            }
            clock.restart();
            source.wantNeighbours(some);
        }
    });
    std::size_t edges = 0;
    QObject::connect(&source, &GraphSource::neighboursFailed, [&] { ended = true; });
    QObject::connect(&source, &GraphSource::neighbours, [&](const std::vector<Neighbour>& found) {
        edges += found.size();
        std::printf(
            "%zu neighbours after %lld ms, %zu documents to go\n", edges, static_cast<long long>(clock.elapsed()), source.waiting());
        ended = source.waiting() == 0;
    });
    OpenRequest request;
    request.path = QString::fromLocal8Bit(store);
    request.keyFile = QString::fromLocal8Bit(keyFile);
    session.open(std::move(request));
    while (!ended) {
        QApplication::processEvents(QEventLoop::WaitForMoreEvents);
    }
    return shown ? 0 : 1;
}

} // namespace

int main(int argc, char** argv)
{
    qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(argc, argv);
    if (argc == 3) {
        return measureStore(argv[1], argv[2]);
    }
    {
        Graph graph;
        fill(graph, 10000, 1, 60);
        measure("10,000 documents", graph, 1);
        measureWidget(graph);
        measure("10,000 documents, near", graph, 12);
    }
    {
        Graph graph;
        fill(graph, 200, 50, 200);
        measure("200 open documents of 50 passages", graph, 1);
    }
    {
        Graph graph;
        fill(graph, 100000, 1, 5);
        measure("100,000 documents", graph, 1);
        measureWidget(graph);
    }
    {
        Graph graph;
        fill(graph, 2000, 50, 100);
        measure("2,000 open documents of 50 passages", graph, 1);
    }
    return 0;
}
