// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/keys.h>

#include <QDialog>

class QCheckBox;
class QLabel;
class QPushButton;

namespace carma::gui {

class ProblemPanel;
class StoreSession;

/// Shows the text of a new key, this once. It can be closed after the text was copied, saved, or declared to be kept; it closes, and
/// forgets the text, when the store is locked.
class SecretDialog : public QDialog {
    Q_OBJECT

public:
    SecretDialog(StoreSession& session, IssuedKey key, QWidget* parent);
    ~SecretDialog() override;
    [[nodiscard]] QString shown() const;
    void saveTo(const QString& path); ///< a new file that only its owner can read
    void reject() override;           ///< Escape does not lose the key

private:
    void kept();

    StoreSession& m_session;
    IssuedKey m_key;
    QLabel* m_text;
    QLabel* m_news;
    ProblemPanel* m_problem;
    QCheckBox* m_kept;
    QPushButton* m_close;
};

} // namespace carma::gui
