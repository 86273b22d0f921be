// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/shortcuts_page.h"

#include "frame/widgets.h"

#include <QAction>
#include <QHeaderView>
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
