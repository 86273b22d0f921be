// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "graph/node_details.h"

#include "app/text.h"
#include "frame/widgets.h"
#include "graph/node_sprites.h"
#include "graph/nodes_model.h"

#include <QFontMetrics>
#include <QHBoxLayout>
#include <QListView>
#include <QPainter>
#include <QPlainTextEdit>
#include <QVBoxLayout>

namespace carma::gui {

namespace {
constexpr std::size_t kNearMax = 30;
constexpr int kLegendColumns = 2;
constexpr int kSign = 14;
constexpr qsizetype kTitleLetters = 80;
} // namespace

NodeDetails::NodeDetails(const Graph& graph, QWidget* parent)
    : QWidget(parent), m_graph(graph), m_near(new NodesModel(graph, this)), m_title(heading({}, 2)), m_facts(quiet({})),
      m_body(new QWidget), m_nearLabel(quiet(tr("Nearest in meaning"))), m_list(named(new QListView, tr("Nearest in meaning"))),
      m_text(named(new QPlainTextEdit, tr("Text of the passage"))), m_open(button(tr("Open in Memory"))), m_zoom(button(tr("Zoom in"))),
      m_pin(button(tr("Pin")))
{
    m_title->setWordWrap(true);
    m_text->setReadOnly(true);
    m_text->setTabChangesFocus(true);
    m_text->hide();
    m_list->setModel(m_near);
    m_list->setUniformItemSizes(true);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(6);
    buttons->addWidget(m_zoom, 1);
    buttons->addWidget(m_pin, 1);
    auto* inner = new QVBoxLayout(m_body);
    inner->setContentsMargins(0, 0, 0, 0);
    inner->setSpacing(8);
    inner->addWidget(m_open);
    inner->addLayout(buttons);
    inner->addWidget(m_text, 1);
    inner->addWidget(m_nearLabel);
    inner->addWidget(m_list, 1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(6);
    column->addWidget(m_title);
    column->addWidget(m_facts);
    column->addWidget(m_body, 1);
    column->addStretch();
    connect(m_open, &QPushButton::clicked, this, [this] { emit openWanted(m_node); });
    connect(m_zoom, &QPushButton::clicked, this, [this] { emit zoomWanted(m_node); });
    connect(m_pin, &QPushButton::clicked, this, [this] { emit pinWanted(m_graph.node(m_node).owner); });
    const auto chosen = [this](const QModelIndex& index) { emit nodeChosen(m_near->node(index.row())); };
    connect(m_list, &QListView::clicked, this, chosen);
    connect(m_list, &QListView::activated, this, chosen);
    show(kNoNode);
}

QString NodeDetails::facts(const GraphNode& node) const
{
    QStringList lines;
    const GraphNode& owner = m_graph.node(node.owner);
    lines += tr("%1, %2").arg(nameOf(node.kind), nameOf(node.health));
    if (node.kind == NodeKind::Document) {
        lines += node.damaged == 0 ? tr("%1 passages, %2").arg(number(node.passages), sizeText(node.bytes))
                                   : tr("%1 passages, %2 of them cannot be read").arg(number(node.passages), number(node.damaged));
    } else {
        lines += tr("in %1").arg(owner.title);
    }
    if (!node.path.isEmpty()) {
        lines += oneLine(node.path, kTitleLetters);
    }
    lines += tr("%1, namespace %2").arg(dateTime(node.timeUs), node.space);
    return lines.join('\n');
}

void NodeDetails::show(NodeIndex node)
{
    m_node = node;
    m_text->hide();
    refresh();
}

void NodeDetails::refresh()
{
    const bool any = m_node < m_graph.size();
    m_body->setVisible(any);
    if (!any) {
        m_node = kNoNode;
        m_title->setText(tr("Nothing is picked"));
        m_facts->setText(tr("Click a document, or pick one with Ctrl and an arrow. Zoom in to see its passages."));
        m_near->setNodes({});
        return;
    }
    const GraphNode& node = m_graph.node(m_node);
    m_title->setText(node.kind == NodeKind::Document ? oneLine(node.title, kTitleLetters)
                                                     : tr("%1 %2").arg(nameOf(node.kind), oneLine(node.title, kTitleLetters)));
    m_facts->setText(facts(node));
    m_pin->setText(m_graph.node(node.owner).pinned ? tr("Unpin") : tr("Pin"));
    m_pin->setAccessibleName(m_pin->text());
    std::vector<NodeIndex> near = neighboursOf(m_graph, m_node);
    near.resize(std::min(near.size(), kNearMax));
    bool same = static_cast<int>(near.size()) == m_near->rowCount();
    for (int row = 0; same && row < m_near->rowCount(); ++row) {
        same = m_near->node(row) == near[static_cast<std::size_t>(row)];
    }
    if (!same) {
        m_near->setNodes(std::move(near));
    }
    const bool none = m_near->rowCount() == 0;
    m_nearLabel->setText(none ? tr("No neighbours are known yet.") : tr("Nearest in meaning"));
    m_list->setVisible(!none);
}

void NodeDetails::setText(const FragmentId& id, const QString& text)
{
    if (m_node < m_graph.size() && m_graph.node(m_node).id == id) {
        m_text->setPlainText(text);
        m_text->show();
    }
}

GraphLegend::GraphLegend(QWidget* parent) : QWidget(parent)
{
    QStringList names;
    for (std::size_t i = 0; i < kNodeHealths; ++i) {
        names += nameOf(static_cast<NodeHealth>(i));
    }
    setAccessibleName(tr("Signs of the graph"));
    setAccessibleDescription(names.join(", "));
}

QSize GraphLegend::sizeHint() const
{
    const int line = std::max(kSign, fontMetrics().height()) + 6;
    return {220, line * static_cast<int>((kNodeHealths + kLegendColumns) / kLegendColumns)};
}

void GraphLegend::paintEvent(QPaintEvent* /*event*/)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const int line = std::max(kSign, fontMetrics().height()) + 6;
    const int column = width() / kLegendColumns;
    const auto item = [&](int number, NodeKind kind, NodeHealth health, const QString& name) {
        const QPoint at((number % kLegendColumns) * column, (number / kLegendColumns) * line);
        paintNode(painter, QPointF(at.x() + kSign / 2.0 + 1, at.y() + line / 2.0), kSign / 2.0, kind, health, tones());
        painter.setPen(tones().quiet);
        painter.drawText(QRect(at.x() + kSign + 8, at.y(), column - kSign - 8, line), Qt::AlignLeft | Qt::AlignVCenter, name);
    };
    for (std::size_t i = 0; i < kNodeHealths; ++i) {
        const auto health = static_cast<NodeHealth>(i);
        item(static_cast<int>(i), NodeKind::Document, health, nameOf(health));
    }
    item(static_cast<int>(kNodeHealths), NodeKind::Section, NodeHealth::Exact, nameOf(NodeKind::Section));
}

} // namespace carma::gui
