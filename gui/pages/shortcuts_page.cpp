// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/shortcuts_page.h"

#include "app/settings.h"
#include "frame/widgets.h"

#include <QAction>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeySequenceEdit>
#include <QTableWidget>
#include <QVBoxLayout>

namespace carma::gui {

ShortcutsPage::ShortcutsPage(Shell& shell) : m_shell(shell), m_table(named(new QTableWidget, tr("Commands and their shortcuts")))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(kMargin, kMargin, kMargin, kMargin);
    layout->setSpacing(kGap);
    layout->addWidget(heading(tr("Shortcuts")));
    layout->addWidget(quiet(tr("Ctrl+K finds every command by some of its letters. Enter on a row runs it.")));
    layout->addWidget(m_table, 1);
    layout->addWidget(buildBar());
    m_table->setColumnCount(2);
    m_table->setHorizontalHeaderLabels({tr("Command"), tr("Keys")});
    m_table->horizontalHeader()->setSectionResizeMode(0, QHeaderView::Stretch);
    m_table->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->setColumnWidth(1, 220);
    m_table->verticalHeader()->hide();
    m_table->setShowGrid(false);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    connect(m_table, &QTableWidget::cellActivated, this, [this](int row) {
        const auto commands = m_shell.commands();
        if (row < static_cast<int>(commands.size())) {
            commands[static_cast<std::size_t>(row)]->trigger();
        }
    });
}

QWidget* ShortcutsPage::buildBar()
{
    auto* keys = named(new QKeySequenceEdit, tr("New keys"));
    auto* change = button(tr("Change keys"));
    auto* back = button(tr("As delivered"));
    change->setToolTip(tr("Gives the chosen command the keys that were pressed in the field."));
    keys->setMaximumWidth(220);
    auto* bar = new QWidget;
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    row->addWidget(quiet(tr("Choose a command, press its new keys in the field, and change it.")), 1);
    row->addWidget(keys);
    row->addWidget(change);
    row->addWidget(back);
    connect(change, &QPushButton::clicked, this, [this, keys] {
        if (rebind(m_table->currentRow(), keys->keySequence())) {
            keys->clear();
        }
    });
    connect(back, &QPushButton::clicked, this, [this] {
        m_shell.settings().shortcuts.clear();
        m_shell.settingsChanged();
        m_shell.tell(tr("The delivered keys hold from the next start."));
    });
    return bar;
}

bool ShortcutsPage::rebind(int row, const QKeySequence& keys)
{
    const auto commands = m_shell.commands();
    if (row < 0 || row >= static_cast<int>(commands.size())) {
        m_shell.tell(tr("Choose a command first."));
        return false;
    }
    QAction* chosen = commands[static_cast<std::size_t>(row)];
    for (const QAction* other : commands) {
        if (other != chosen && !keys.isEmpty() && other->shortcut() == keys) {
            m_shell.tell(tr("These keys belong to \"%1\" already.").arg(other->text()));
            return false;
        }
    }
    chosen->setShortcut(keys);
    m_shell.settings().shortcuts[chosen->data().toString()] = keys.toString(QKeySequence::PortableText);
    m_shell.settingsChanged();
    refresh();
    return true;
}

void ShortcutsPage::refresh()
{
    const auto commands = m_shell.commands();
    m_table->setRowCount(static_cast<int>(commands.size()));
    for (int row = 0; row < m_table->rowCount(); ++row) {
        const QAction* action = commands[static_cast<std::size_t>(row)];
        m_table->setItem(row, 0, new QTableWidgetItem(action->text()));
        m_table->setItem(row, 1, new QTableWidgetItem(action->shortcut().toString(QKeySequence::NativeText)));
    }
}

void ShortcutsPage::showEvent(QShowEvent* event)
{
    refresh();
    Page::showEvent(event);
}

} // namespace carma::gui
