// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>

class QLabel;

namespace carma::gui {

class StoreSession;

/// Shows a document, to be read, copied or saved.
class TextDialog : public QDialog {
    Q_OBJECT

public:
    struct Shown {
        QString title, explanation, text;
        QString fileName; ///< that is proposed for saving
    };
    TextDialog(StoreSession& session, Shown shown, QWidget* parent);
    void saveTo(const QString& path);

private:
    StoreSession& m_session;
    const Shown m_shown;
    QLabel* m_news;
};

} // namespace carma::gui
