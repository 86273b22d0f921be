// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/store_session.h"
#include "app/text.h"
#include "frame/widgets.h"
#include "graph/graph_page.h"
#include "graph/graph_source.h"
#include "graph/graph_view.h"
#include "graph/node_details.h"
#include "graph/nodes_model.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QListView>

#include <set>

namespace carma::gui {

namespace {
constexpr int kBarHeight = 32;
constexpr int kSideWidth = 260;
constexpr double kZoomStep = 1.4;
} // namespace

QWidget* GraphPage::buildBar()
{
    m_search = named(new QLineEdit, tr("Find in the graph"));
    m_search->setPlaceholderText(tr("Find documents by title, path or content"));
    m_search->setClearButtonEnabled(true);
    m_search->addAction(symbolIcon(Symbol::Search), QLineEdit::LeadingPosition);
    m_space = named(new QComboBox, tr("Namespace"));
    m_space->addItem(tr("All namespaces"));
    m_health = named(new QComboBox, tr("Health"));
    m_health->addItems({tr("Any health"), tr("Damaged and guessed")});
    m_time = named(new QComboBox, tr("Time of the last change"));
    m_time->addItem(tr("Any time"), 0);
    m_time->addItem(tr("Last day"), 1);
    m_time->addItem(tr("Last week"), 7);
    m_time->addItem(tr("Last month"), 30);
    m_time->addItem(tr("Last year"), 365);
    auto* write = button(tr("Export"));
    auto* bar = new QWidget;
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    row->addWidget(m_search, 1);
    for (QWidget* each : std::initializer_list<QWidget*>{m_search, m_space, m_health, m_time, write}) {
        each->setMinimumHeight(kBarHeight);
        if (each != m_search) {
            row->addWidget(each);
        }
    }
    connect(m_search, &QLineEdit::textChanged, &m_typing, qOverload<>(&QTimer::start));
    connect(m_search, &QLineEdit::returnPressed, this, [this] {
        search();
        if (m_found->rowCount() > 0) {
            pick(m_found->node(0));
            m_view->goTo(m_found->node(0));
        }
    });
    for (QComboBox* each : {m_space, m_health, m_time}) {
        connect(each, &QComboBox::currentIndexChanged, this, &GraphPage::filterChanged);
    }
    connect(write, &QPushButton::clicked, this, &GraphPage::askExport);
    return bar;
}

QWidget* GraphPage::buildView()
{
    m_view = new GraphView(m_graph);
    m_state = quiet({});
    m_state->setWordWrap(false);
    m_state->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_pause = button(tr("Pause"));
    m_pause->setAccessibleName(tr("Pause the layout"));
    auto* whole = button(tr("Show all"));
    auto* nearer = named(button("+"), tr("Zoom in"));
    auto* farther = named(button(QString(QChar(0x2212))), tr("Zoom out"));
    auto* left = new QWidget;
    auto* column = new QVBoxLayout(left);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    column->addWidget(m_view, 1);
    auto* row = new QHBoxLayout;
    row->setSpacing(6);
    row->addWidget(m_state, 1);
    for (QPushButton* each : {m_pause, whole, farther, nearer}) {
        row->addWidget(each);
    }
    column->addLayout(row);
    connect(m_pause, &QPushButton::clicked, this, [this] { setPaused(!m_paused); });
    connect(whole, &QPushButton::clicked, m_view, &GraphView::fit);
    connect(nearer, &QPushButton::clicked, this, [this] { m_view->zoom(kZoomStep); });
    connect(farther, &QPushButton::clicked, this, [this] { m_view->zoom(1 / kZoomStep); });
    return left;
}

QWidget* GraphPage::buildSide()
{
    m_details = new NodeDetails(m_graph);
    m_foundLabel = quiet({});
    m_foundList = named(new QListView, tr("Found"));
    m_foundList->setModel(m_found);
    m_foundList->setUniformItemSizes(true);
    m_foundLabel->hide();
    m_foundList->hide();
    auto* side = new QWidget;
    side->setMinimumWidth(kSideWidth);
    auto* column = new QVBoxLayout(side);
    column->setContentsMargins(kGap, 0, 0, 0);
    column->setSpacing(8);
    column->addWidget(m_foundLabel);
    column->addWidget(m_foundList, 1);
    column->addWidget(m_details, 2);
    column->addWidget(new GraphLegend);
    const auto chosen = [this](const QModelIndex& index) {
        pick(m_found->node(index.row()));
        m_view->goTo(m_found->node(index.row()));
    };
    connect(m_foundList, &QListView::clicked, this, chosen);
    connect(m_foundList, &QListView::activated, this, chosen);
    return side;
}

void GraphPage::buildCommands()
{
    m_shell.addCommand(tr("Find in the graph"), QKeySequence("Ctrl+Shift+F"), [this] {
        m_shell.goTo("graph");
        m_search->setFocus();
        m_search->selectAll();
    });
    m_shell.addCommand(tr("Show the whole graph"), QKeySequence("Ctrl+Shift+G"), [this] {
        m_shell.goTo("graph");
        m_view->setFocus();
        m_view->fit();
    });
    m_shell.addCommand(tr("Pause or resume the layout of the graph"), QKeySequence("Ctrl+Alt+P"), [this] { setPaused(!m_paused); });
    m_shell.addCommand(tr("Export the graph"), QKeySequence("Ctrl+Alt+G"), [this] { askExport(); });
}

void GraphPage::connectSource()
{
    connect(m_source, &GraphSource::documents, this, &GraphPage::takeDocuments);
    connect(m_source, &GraphSource::tree, this, &GraphPage::takeTree);
    connect(m_source, &GraphSource::neighbours, this, &GraphPage::takeNeighbours);
    connect(m_source, &GraphSource::passageNeighbours, this, [this](const std::vector<Neighbour>& found) {
        m_graph.addPassageNeighbours(found);
        m_details->refresh();
        m_view->update();
    });
    connect(m_source, &GraphSource::neighboursFailed, this, [this](const Error& error) {
        m_noNeighbours = error.message;
        tellState();
    });
    connect(m_source, &GraphSource::failed, this, [this](const Error& error) {
        m_loading = false;
        m_shell.tell(explain(error, Intent::Work), [this] {
            m_signature = {};
            refresh();
        });
    });
}

void GraphPage::connectView()
{
    connect(m_view, &GraphView::picked, this, &GraphPage::pick);
    connect(m_view, &GraphView::cameraMoved, this, &GraphPage::wantParts);
    connect(m_view, &GraphView::pinToggled, this, &GraphPage::togglePin);
    connect(m_view, &GraphView::pinMoved, this, [this](NodeIndex document, double x, double y) {
        m_pins[document] = {x, y};
        m_layout.pin(m_graph.node(document).body, x, y);
        m_details->refresh();
    });
    connect(m_details, &NodeDetails::pinWanted, this, &GraphPage::togglePin);
    connect(m_details, &NodeDetails::zoomWanted, m_view, &GraphView::goTo);
    connect(m_details, &NodeDetails::nodeChosen, this, [this](NodeIndex node) {
        pick(node);
        m_view->goTo(node);
    });
    connect(m_details, &NodeDetails::openWanted, this, [this](NodeIndex node) {
        const GraphNode& one = m_graph.node(node);
        m_shell.goTo("memory", "id:" + text(toString(m_graph.node(one.owner).id)) + '/' + text(toString(one.id)));
    });
}

void GraphPage::fillSpaces()
{
    std::set<QString> names;
    for (const NodeIndex document : m_graph.documents()) {
        names.insert(m_graph.node(document).space);
    }
    QStringList shown;
    for (int i = 1; i < m_space->count(); ++i) {
        shown.append(m_space->itemData(i).toString());
    }
    const QStringList wanted(names.begin(), names.end());
    if (wanted == shown) {
        return;
    }
    const QString before = m_space->currentData().toString();
    {
        const QSignalBlocker blocker(m_space);
        while (m_space->count() > 1) {
            m_space->removeItem(1);
        }
        for (const QString& each : wanted) {
            m_space->addItem(each, each);
        }
        m_space->setCurrentIndex(std::max(0, m_space->findData(before)));
    }
    filterChanged();
}

void GraphPage::showEvent(QShowEvent* event)
{
    Page::showEvent(event);
    m_poll.start();
    applyPause();
}

void GraphPage::hideEvent(QHideEvent* event)
{
    Page::hideEvent(event);
    m_poll.stop();
    applyPause();
}

} // namespace carma::gui
