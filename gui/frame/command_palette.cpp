// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "frame/command_palette.h"

#include "app/theme.h"
#include "frame/widgets.h"

#include <QKeyEvent>
#include <QLineEdit>
#include <QListView>
#include <QPainter>
#include <QStandardItemModel>
#include <QStyledItemDelegate>
#include <QTimer>
#include <QVBoxLayout>

namespace carma::gui {

namespace {

constexpr int kIndexRole = Qt::UserRole;
constexpr int kKeysRole = Qt::UserRole + 1;

/// The command on the left, its keys on the right.
class CommandDelegate final : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override
    {
        QStyledItemDelegate::paint(painter, option, index);
        const bool selected = option.state.testFlag(QStyle::State_Selected);
        painter->setPen(selected ? option.palette.color(QPalette::HighlightedText) : tones().quiet);
        painter->drawText(option.rect.adjusted(0, 0, -8, 0), Qt::AlignRight | Qt::AlignVCenter, index.data(kKeysRole).toString());
    }
};

class LooseFilter final : public QSortFilterProxyModel {
public:
    using QSortFilterProxyModel::QSortFilterProxyModel;
    void setTyped(const QString& typed)
    {
        m_typed = typed;
        invalidateFilter();
    }

private:
    bool filterAcceptsRow(int row, const QModelIndex& parent) const override
    {
        return matchesLoosely(m_typed, sourceModel()->index(row, 0, parent).data().toString());
    }

    QString m_typed;
};

} // namespace

bool matchesLoosely(const QString& typed, const QString& text)
{
    qsizetype at = 0;
    for (const QChar letter : typed) {
        if (letter.isSpace()) {
            continue;
        }
        at = text.indexOf(letter, at, Qt::CaseInsensitive);
        if (at < 0) {
            return false;
        }
        ++at;
    }
    return true;
}

CommandPalette::CommandPalette(const std::vector<QAction*>& commands, QWidget* parent)
    : QDialog(parent), m_line(named(new QLineEdit, tr("Command"))), m_list(named(new QListView, tr("Matching commands")))
{
    setWindowTitle(tr("Commands"));
    resize(520, 380);
    auto* model = new QStandardItemModel(this);
    for (QAction* action : commands) {
        if (!action->isEnabled() || action->text().isEmpty()) {
            continue;
        }
        const QString keys = action->shortcut().toString(QKeySequence::NativeText);
        auto* item = new QStandardItem(action->text());
        item->setData(keys, kKeysRole);
        item->setAccessibleText(action->text() + ' ' + keys);
        item->setData(static_cast<int>(m_commands.size()), kIndexRole);
        item->setEditable(false);
        model->appendRow(item);
        m_commands.push_back(action);
    }
    auto* filter = new LooseFilter(this);
    filter->setSourceModel(model);
    m_filtered = filter;
    m_list->setModel(filter);
    m_list->setItemDelegate(new CommandDelegate(m_list));
    m_list->setUniformItemSizes(true);
    m_list->setSpacing(3);
    m_line->setPlaceholderText(tr("Type some letters of a command"));
    m_line->installEventFilter(this);
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(m_line);
    layout->addWidget(m_list);
    m_list->setCurrentIndex(filter->index(0, 0));
    connect(m_line, &QLineEdit::textChanged, this, [this, filter](const QString& typed) {
        filter->setTyped(typed);
        m_list->setCurrentIndex(filter->index(0, 0));
    });
    connect(m_line, &QLineEdit::returnPressed, this, &CommandPalette::choose);
    connect(m_list, &QListView::clicked, this, &CommandPalette::choose);
}

int CommandPalette::shown() const { return m_filtered->rowCount(); }

bool CommandPalette::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (key->key() == Qt::Key_Down || key->key() == Qt::Key_Up) {
            const int row = m_list->currentIndex().row() + (key->key() == Qt::Key_Down ? 1 : -1);
            if (row >= 0 && row < m_filtered->rowCount()) {
                m_list->setCurrentIndex(m_filtered->index(row, 0));
            }
            return true;
        }
    }
    return QDialog::eventFilter(watched, event);
}

void CommandPalette::choose()
{
    const QModelIndex index = m_list->currentIndex();
    if (!index.isValid()) {
        return;
    }
    QAction* action = m_commands.at(static_cast<std::size_t>(index.data(kIndexRole).toInt()));
    accept();
    QTimer::singleShot(0, action, &QAction::trigger); // after the dialog has gone
}

} // namespace carma::gui
