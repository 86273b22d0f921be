// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "frame/start_page.h"

#include "app/settings.h"
#include "app/theme.h"
#include "frame/icons.h"
#include "frame/widgets.h"

#include <QDir>
#include <QHBoxLayout>
#include <QListWidget>
#include <QVBoxLayout>

namespace carma::gui {

namespace {
constexpr int kColumnWidth = 620;
}

StartPage::StartPage(QWidget* parent)
    : QWidget(parent), m_recent(named(new QListWidget, tr("Recent stores"))),
      m_none(quiet(tr("No store was opened yet. The tour makes one from a sample corpus in a temporary folder."))),
      m_unlock(button(QString())), m_profile(button(tr("Profile of the chosen store")))
{
    auto* open = button(tr("Open store"));
    auto* create = button(tr("New store"));
    auto* tour = button(tr("Take the tour"));
    open->setIcon(symbolIcon(Symbol::Folder));
    create->setIcon(symbolIcon(Symbol::Plus));
    tour->setIcon(symbolIcon(Symbol::Memory));
    m_unlock->setIcon(symbolIcon(Symbol::Lock));
    m_unlock->hide();
    for (QPushButton* each : {open, create, tour, m_unlock}) {
        each->setMinimumHeight(36);
    }
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(kGap);
    for (QPushButton* each : {open, create, tour}) {
        buttons->addWidget(each, 1);
    }
    m_recent->setMinimumHeight(220);
    m_recent->setAlternatingRowColors(false);
    m_recent->setSpacing(4);
    auto* inner = new QWidget;
    inner->setFixedWidth(kColumnWidth);
    auto* column = new QVBoxLayout(inner);
    column->setSpacing(kGap);
    column->addStretch(2);
    column->addWidget(heading(tr("CARMA"), 14));
    column->addWidget(quiet(tr("Memory that is encrypted, checked to the last sector, and repaired.")));
    column->addSpacing(kGap);
    column->addWidget(m_unlock);
    column->addLayout(buttons);
    column->addSpacing(kGap);
    column->addWidget(heading(tr("Recent stores"), 1));
    column->addWidget(m_none);
    column->addWidget(m_recent);
    column->addWidget(m_profile, 0, Qt::AlignLeft);
    column->addStretch(3);
    auto* row = new QHBoxLayout(this);
    row->addStretch();
    row->addWidget(inner);
    row->addStretch();
    connect(open, &QPushButton::clicked, this, [this] { emit openWanted({}); });
    connect(create, &QPushButton::clicked, this, &StartPage::createWanted);
    connect(tour, &QPushButton::clicked, this, &StartPage::tourWanted);
    connect(m_unlock, &QPushButton::clicked, this, [this] { emit openWanted(m_locked); });
    connect(m_recent, &QListWidget::itemActivated, this,
        [this](QListWidgetItem* item) { emit openWanted(item->data(Qt::UserRole).toString()); });
    connect(m_profile, &QPushButton::clicked, this, [this] {
        if (const QListWidgetItem* item = m_recent->currentItem() != nullptr ? m_recent->currentItem() : m_recent->item(0)) {
            emit profileWanted(item->data(Qt::UserRole).toString());
        }
    });
    setStores({});
}

void StartPage::setStores(const Settings& settings)
{
    const QStringList& paths = settings.recentStores;
    const int current = m_recent->currentRow();
    m_recent->clear();
    for (const QString& path : paths) {
        const bool there = QDir(path).exists();
        const StoreProfile profile = settings.profileOf(path);
        const QString name = profile.name.isEmpty() ? QDir(path).dirName() : profile.name;
        auto* item = new QListWidgetItem(symbolIcon(there ? Symbol::Folder : Symbol::Warning),
            (profile.production ? tr("%1: in production").arg(name) : name) + '\n' + QDir::toNativeSeparators(path) +
                (there ? QString() : "  " + tr("(not there)")),
            m_recent);
        item->setData(Qt::UserRole, path);
        if (profile.production) {
            item->setForeground(tones().bad);
        }
    }
    m_recent->setCurrentRow(current < paths.size() ? current : -1);
    m_profile->setVisible(!paths.isEmpty());
    m_recent->setVisible(!paths.isEmpty());
    m_none->setVisible(paths.isEmpty());
}

void StartPage::setLocked(const QString& path)
{
    m_locked = path;
    m_unlock->setText(tr("Locked. Unlock %1").arg(QDir(path).dirName()));
    m_unlock->setAccessibleName(m_unlock->text());
    m_unlock->setVisible(!path.isEmpty());
}

} // namespace carma::gui
