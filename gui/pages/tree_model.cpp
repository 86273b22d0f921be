// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/tree_model.h"

#include "app/text.h"
#include "app/theme.h"
#include "frame/icons.h"

#include <QApplication>
#include <QFileInfo>
#include <QFontMetrics>

namespace carma::gui {

namespace {
constexpr int kRowRoom = 6;
}

void TreeModel::setTree(DocumentTree tree)
{
    beginResetModel();
    m_tree = std::move(tree);
    m_children.assign(m_tree.nodes.size(), {});
    m_rows.assign(m_tree.nodes.size(), 0);
    for (std::uint32_t i = 1; i < m_tree.nodes.size(); ++i) {
        const std::uint32_t parent = m_tree.nodes[i].parent;
        if (parent < i) { // depth first: a parent comes before its children
            m_rows[i] = static_cast<int>(m_children[parent].size());
            m_children[parent].push_back(i);
        }
    }
    endResetModel();
}

const TreeNode* TreeModel::node(const QModelIndex& index) const
{
    return index.isValid() && index.internalId() < m_tree.nodes.size() ? &m_tree.nodes[index.internalId()] : nullptr;
}

QModelIndex TreeModel::indexOf(const FragmentId& id) const
{
    for (std::size_t i = 0; i < m_tree.nodes.size(); ++i) {
        if (m_tree.nodes[i].id == id) {
            return createIndex(m_rows[i], 0, i);
        }
    }
    return {};
}

QModelIndex TreeModel::index(int row, int column, const QModelIndex& parent) const
{
    if (!hasIndex(row, column, parent)) {
        return {};
    }
    return createIndex(row, column, parent.isValid() ? m_children[parent.internalId()][static_cast<std::size_t>(row)] : 0U);
}

QModelIndex TreeModel::parent(const QModelIndex& child) const
{
    if (!child.isValid() || child.internalId() == 0) {
        return {};
    }
    const std::uint32_t above = m_tree.nodes[child.internalId()].parent;
    return createIndex(m_rows[above], 0, above);
}

int TreeModel::rowCount(const QModelIndex& parent) const
{
    if (!parent.isValid()) {
        return m_tree.nodes.empty() ? 0 : 1;
    }
    return parent.column() == 0 ? static_cast<int>(m_children[parent.internalId()].size()) : 0;
}

int TreeModel::columnCount(const QModelIndex& /*parent*/) const { return ColumnsCount; }

QVariant TreeModel::data(const QModelIndex& index, int role) const
{
    const TreeNode* one = node(index);
    if (one == nullptr) {
        return {};
    }
    if (role == Qt::DecorationRole && index.column() == Title && one->state == FragmentState::Placeholder) {
        return symbolIcon(Symbol::Bad, tones().bad);
    }
    if (role == Qt::SizeHintRole) { // as high as the rows of tables
        return QSize(0, QFontMetrics(QApplication::font()).height() + kRowRoom);
    }
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole) {
        return {};
    }
    const QString level = one->level == TreeLevel::Document ? tr("document")
        : one->level == TreeLevel::Section                  ? tr("section")
        : one->level == TreeLevel::Passage                  ? tr("passage")
                                                            : tr("sentences");
    switch (index.column()) {
    case Title:
        if (!one->title.empty()) {
            return oneLine(text(one->title), 160);
        }
        if (one->level == TreeLevel::Document) {
            return m_tree.document.path.empty() ? text(toString(one->id)) : QFileInfo(text(m_tree.document.path)).fileName();
        }
        return QString("%1 %2").arg(level).arg(index.row() + 1);
    case Level: return level;
    case Size: return sizeText(one->bytes);
    default: return {};
    }
}

QVariant TreeModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) {
        return {};
    }
    return section == Title ? tr("Part") : section == Level ? tr("Level") : section == Size ? tr("Size") : QVariant();
}

} // namespace carma::gui
